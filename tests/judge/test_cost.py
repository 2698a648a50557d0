"""The arithmetic of the bill, against sums worked out by hand from the price list."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.platforms.targets import parse_target
from archcheck.savings import monthly_bill
from archcheck.savings.prices import prices
from archcheck.savings.reckoning import savings
from archcheck.savings.workload import Workload

BN = 10**9
FREE = 400_000
LAMBDA = parse_target("lambda:python3.13")

# GB-seconds of a month, and what they cost on each architecture: sums of tier × price.
#   x86_64: 6 bn at 0.0000166667, 9 bn at 0.000015, the rest at 0.0000133334
#   arm64:  7.5 bn at 0.0000133334, 11.25 bn at 0.0000120001, the rest at 0.0000106667
EDGES = [
    (0, "0", "0"),
    (FREE, "0", "0"),
    (FREE + 1, "0.0000166667", "0.0000133334"),
    (FREE + 1_000_000, "16.6667", "13.3334"),
    (FREE + 6 * BN, "100000.2", "80000.4"),
    (FREE + 6 * BN + 1, "100000.200015", "80000.4000133334"),
    # x86_64: 100,000.20 + 1.5 bn × 0.000015 = 22,500
    (FREE + 7_500_000_000, "122500.2", "100000.5"),
    (FREE + 7_500_000_001, "122500.200015", "100000.5000120001"),
    # x86_64: 100,000.20 + 135,000; arm64: 100,000.50 + 7.5 bn × 0.0000120001 = 90,000.75
    (FREE + 15 * BN, "235000.2", "190001.25"),
    (FREE + 15 * BN + 1, "235000.2000133334", "190001.2500120001"),
    # x86_64: 235,000.20 + 3.75 bn × 0.0000133334 = 50,000.25; arm64: 100,000.50 + 135,001.125
    (FREE + 18_750_000_000, "285000.45", "235001.625"),
    (FREE + 18_750_000_001, "285000.4500133334", "235001.6250106667"),
    # x86_64: + 1.25 bn × 0.0000133334 = 16,666.75; arm64: + 1.25 bn × 0.0000106667 = 13,333.375
    (FREE + 20 * BN, "301667.2", "248335"),
]


@pytest.mark.parametrize(("used", "x86_64", "arm64"), EDGES)
def test_tiers(used, x86_64, arm64):
    known = prices()
    usage = monthly_bill.Usage(gb_seconds=Decimal(used), requests=0)
    assert monthly_bill.on_x86_64(usage, known) == Decimal(x86_64)
    assert monthly_bill.on_arm64(usage, known, ratio=Decimal(1)) == Decimal(arm64)


@pytest.mark.parametrize(
    ("requests", "dollars"),
    [(0, "0"), (1_000_000, "0"), (1_000_001, "0.0000002"), (2_000_000, "0.2"), (11_000_000, "2")],
)
def test_requests(requests, dollars):
    assert monthly_bill.request_charge(requests, prices()) == Decimal(dollars)


def test_gb_seconds_count_1024_mb_to_a_gb():
    assert monthly_bill.gb_seconds(memory_mb=1024, duration_ms=Decimal(1000), invocations=3) == 3
    assert monthly_bill.gb_seconds(memory_mb=128, duration_ms=Decimal(100), invocations=1_000_000) == 12_500


def test_the_price_list_is_in_order():
    for tiers in prices().tiers.values():
        *ends, last = [tier.until for tier in tiers]
        assert last is None
        assert ends == sorted(ends)
        assert [tier.usd_per_gb_second for tier in tiers] == sorted(
            (tier.usd_per_gb_second for tier in tiers), reverse=True
        )


def test_regions_cost_a_fifth_less_as_well():
    known = prices()
    assert known.regions[0] == "us-east-1"
    for region, pair in known.elsewhere.first_tier.items():
        assert region != known.region
        assert float(pair.relative) == pytest.approx(0.8, abs=0.002)


@given(st.decimals(min_value=FREE + 1, max_value=10**12, places=3))
def test_at_the_break_even_ratio_both_cost_the_same(used):
    usage = monthly_bill.Usage(gb_seconds=used, requests=5)
    ratio = monthly_bill.break_even(usage, prices())
    assert ratio is not None
    assert float(monthly_bill.on_arm64(usage, prices(), ratio=ratio)) == pytest.approx(
        float(monthly_bill.on_x86_64(usage, prices())), rel=1e-9
    )
    assert monthly_bill.on_arm64(usage, prices(), ratio=ratio * 2) > monthly_bill.on_x86_64(usage, prices())


def workload(**given):
    return savings(LAMBDA, Workload(**given))


def used(memory, duration, invocations, **given):
    gb_seconds = memory * duration * invocations / 1024 / 1000
    return workload(
        memory_mb=memory, duration_ms=duration, invocations=invocations, gb_seconds=gb_seconds, **given
    )


def test_a_bill_in_dollars():
    # 10 M GB-s less 0.4 M free: 9.6 M × 0.0000166667 = 160.00032 and × 0.0000133334 = 128.00064;
    # 10 M requests less 1 M free: 1.80.
    found = used(1024, 1000.0, 10_000_000)
    assert (found.x86_monthly_usd, found.arm_monthly_usd, found.monthly_usd) == (161.8, 129.8, 32.0)
    assert found.percent == 20.0
    assert found.bill_percent == 19.8  # 31.99968 of 161.80032
    # 160.00032 / 0.0000133334 = 11,999,964 GB-s, and 0.4 M free: 12.4 M of 10 M.
    assert found.break_even_ratio == 1.24
    assert [point.ratio for point in found.curve][:2] == [0.5, 0.55]
    assert {point.ratio: point.arm_monthly_usd for point in found.curve}[1.0] == 129.8


def test_small_functions_save_less_of_the_bill():
    # 128 MB × 100 ms × 100 M: 1.25 M GB-s, 0.85 M billed: 14.16670 and 11.33339; requests 19.80.
    found = used(128, 100.0, 100_000_000)
    assert (found.x86_monthly_usd, found.arm_monthly_usd, found.bill_percent) == (33.97, 31.13, 8.3)


def test_within_the_free_tier_nothing_is_saved():
    found = used(128, 100.0, 1_000_000)
    assert (found.x86_monthly_usd, found.arm_monthly_usd, found.monthly_usd) == (0.0, 0.0, 0.0)
    assert (found.bill_percent, found.break_even_ratio) == (None, None)


def test_the_measured_ratio_counts():
    # 1.5 × 0.8 of the duration charge: a fifth more than on x86_64.
    found = workload(gb_seconds=1_400_000.0, arm_duration_ratio=1.5)
    assert found.percent == -20.0
    # 1 M × 0.0000166667 = 16.67; 1.5 × 1.4 M - 0.4 M = 1.7 M × 0.0000133334 = 22.67
    assert (found.x86_monthly_usd, found.arm_monthly_usd, found.monthly_usd) == (16.67, 22.67, -6.0)
    assert any("1.5 times as long" in text for text in found.assumptions)


def test_prices_of_another_region_have_no_tiers():
    found = workload(gb_seconds=10_000_400_000.0, price_x86=0.00002, price_arm=0.000018)
    assert (found.x86_monthly_usd, found.arm_monthly_usd) == (200_000.0, 180_000.0)
    assert (found.percent, found.break_even_ratio) == (10.0, 1.11)
    assert any("$0.00002 a GB-second" in text for text in found.assumptions)


def test_the_bill_of_the_third_tier_is_as_infracost_has_it():
    # 18.75 bn GB-s cost 235,001.625 (see EDGES), and 56.002 bn beyond them 56.002 bn × 0.0000106667 = 597,356.53.
    found = workload(gb_seconds=FREE + 18_750_000_000.0 + 56_002_000_000.0)
    assert found.arm_monthly_usd == round(235_001.625 + 597_356.53, 2)


# 1 M GB-s billed, and 15 bn, of which us-east-1 has two tiers.
@pytest.mark.parametrize(
    ("region", "gb_seconds", "x86_64", "arm64"),
    [
        (None, FREE + 1_000_000, 16.67, 13.33),
        ("us-east-1", FREE + 1_000_000, 16.67, 13.33),
        ("af-south-1", FREE + 1_000_000, 22.1, 17.68),
        ("ap-east-1", FREE + 1_000_000, 22.92, 18.3),
        ("eu-south-1", FREE + 1_000_000, 19.52, 15.61),
        ("me-south-1", FREE + 1_000_000, 20.67, 16.53),
        ("af-south-1", FREE + 15 * BN, 331_500.0, 265_200.0),
    ],
)
def test_the_prices_of_a_region(region, gb_seconds, x86_64, arm64):
    found = workload(gb_seconds=float(gb_seconds), region=region)
    assert (found.x86_monthly_usd, found.arm_monthly_usd) == (x86_64, arm64)
    assert any(f"prices of {region or 'us-east-1'} as of" in text for text in found.assumptions)
    assert any("first tier" in text for text in found.assumptions) is (region not in {None, "us-east-1"})


# Task prices: 0.03238 / 0.04048 = 0.79990 of a vCPU-hour, 0.00356 / 0.004445 = 0.80090 of a GB-hour.
@pytest.mark.parametrize(("ratio", "percent"), [(None, 19.9), (1.19, 4.7), (1.25, -0.1)])
def test_containers_save_on_fargate_where_that_is_said(ratio, percent):
    asked = Workload(fargate=True, arm_duration_ratio=ratio)
    found = savings(parse_target("debian12:python3.12"), asked)
    assert (found.basis, found.percent, found.monthly_usd) == ("AWS Fargate charge", percent, None)
    assert (found.break_even_ratio, found.workload) == (1.25, asked)
    assert "20% less a vCPU-hour, 19.9% a GB-hour" in found.assumptions[0]
    assert "ECS" in found.assumptions[1]
    assert (ratio is None) == ("measure yours" in found.assumptions[2])
    assert savings(LAMBDA, asked).basis == "AWS Lambda duration charge"


def test_no_dollars_without_a_workload():
    found = workload(arm_duration_ratio=1.1)
    assert (found.percent, found.monthly_usd, found.x86_monthly_usd, found.curve) == (12.0, None, None, ())
    assert found.break_even_ratio == 1.25
    assert savings(parse_target("debian12:python3.12"), Workload(gb_seconds=5.0)) is None
