
"use strict";
// The report is complete without this: it adds copying, filtering and sorting.
for (const block of document.querySelectorAll("pre.command")) {
  if (!navigator.clipboard) break;
  const holder = document.createElement("div");
  const button = document.createElement("button");
  holder.className = "copied";
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy the command");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(block.textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  block.replaceWith(holder);
  holder.append(block, button);
}

for (const matrix of document.querySelectorAll(".matrix")) {
  const form = matrix.querySelector("form");
  const find = form.querySelector("input");
  const show = form.querySelector("select");
  const count = form.querySelector("output");
  const body = matrix.querySelector("tbody");
  const rows = [...body.rows];
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

  const filter = () => {
    const wanted = find.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      row.hidden = !(texts.get(row).includes(wanted) && row.dataset.is.includes(show.value));
      shown += !row.hidden;
    }
    count.textContent = `${shown} of ${rows.length}`;
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  filter();

  const headers = [...matrix.querySelectorAll("thead th:not([colspan])")];
  const key = (row, column) => {
    const cell = row.cells[column];
    return column ? Number(cell.dataset.rank) : cell.textContent;
  };
  headers.forEach((header, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => {
      const down = header.getAttribute("aria-sort") === "ascending";
      for (const other of headers) other.removeAttribute("aria-sort");
      header.setAttribute("aria-sort", down ? "descending" : "ascending");
      const order = (a, b) => {
        const [x, y] = [key(a, column), key(b, column)];
        return column ? x - y : x.localeCompare(y);
      };
      rows.sort((a, b) => (down ? order(b, a) : order(a, b)));
      body.append(...rows);
    });
  });
}

// A mention in the tree leads to where its package is unfolded, which may be folded away.
addEventListener("hashchange", () => {
  let place = document.getElementById(location.hash.slice(1));
  const found = place;
  while (place) {
    if (place.localName === "details") place.open = true;
    place = place.parentElement;
  }
  if (found) found.scrollIntoView({ block: "nearest" });
});
