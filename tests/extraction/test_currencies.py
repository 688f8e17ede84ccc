"""Signs and names of money of many countries, and what only looks like them."""

import pytest

from dsacli.extraction.values import find_values


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("R 199.00", 199, "ZAR"),
        ("R1 250.00", 1250, "ZAR"),
        ("R 1 250 000", 1250000, "ZAR"),
        ("R1,250,000", 1250000, "ZAR"),
        ("-R 199.00", -199, "ZAR"),
        ("R2.5 million", 2500000, "ZAR"),
        ("500 rand", 500, "ZAR"),
        ("₱1,250.50", 1250.5, "PHP"),
        ("฿ 300", 300, "THB"),
        ("300 baht", 300, "THB"),
        ("RM50", 50, "MYR"),
        ("RM 1,200.00", 1200, "MYR"),
        ("50 ringgit", 50, "MYR"),
        ("500 000 Ft", 500000, "HUF"),
        ("14.000 Ft", 14000, "HUF"),
        ("500 Ft in Budapest", 500, "HUF"),
        ("500 000 forint", 500000, "HUF"),
        ("25,50 лв.", 25.5, "BGN"),
        ("500 ₽", 500, "RUB"),
        ("1 500 roubles", 1500, "RUB"),
        ("Rp 1.250.000", 1250000, "IDR"),
        ("Rp50.000", 50000, "IDR"),
        ("NT$1,200", 1200, "TWD"),
        ("NIS 350", 350, "ILS"),
        ("350 NIS", 350, "ILS"),
        ("₦5,000", 5000, "NGN"),
        ("GH₵ 50", 50, "GHS"),
        ("CN¥100", 100, "CNY"),
        ("40 złotych", 40, "PLN"),
        ("40 zlotys", 40, "PLN"),
        ("200 Turkish lira", 200, "TRY"),
        ("200 Mexican pesos", 200, "MXN"),
        ("200 Kenyan shillings", 200, "KES"),
        ("200 UAE dirhams", 200, "AED"),
        ("Rupees five lakh only", 500000, "INR"),
        ("RUPEES FIVE LAKH", 500000, "INR"),
        ("Rupees 5,00,000", 500000, "INR"),
        ("50p", 0.5, "GBP"),
        ("12.3p per share", 0.123, "GBP"),
        ("245 pence", 2.45, "GBP"),
    ],
)
def test_money_of_many_countries(text, amount, currency):
    (value,) = find_values(text, "money")
    assert (value.normalised, value.readings) == ({"amount": amount, "currency": currency}, ())


@pytest.mark.parametrize(
    "text",
    [
        "R5",
        "R 5",
        "R 0.95",
        "R 4.12",
        "R&R 12.50",
        "E-R 12.50",
        "Room RM 12",
        "12 Ft",
        "NIS 2",
        "NIS2",
        "500 pesos",
        "500 shillings",
        "500 lira",
        "500 dirhams",
        "5 random people",
        "In 2023 Turkish lira fell",
        "£1 2s 6d",
        "£3 10s.",
        "1080p",
        "245p",
        "50p-60p",
        "p. 50",
        "₦10–₦15",
        "Network systems (NIS)\nNodes 12",
    ],
)
def test_what_is_no_money(text):
    assert find_values(text, "money") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("five hundred Rupees five times", [(500, "INR")]),
        ("300 baht or 12 Ft", [(300, "THB")]),
        ("R 199.00 12 USD", [(199, "ZAR"), (12, "USD")]),
        ("£5 and 50p", [(5, "GBP"), (0.5, "GBP")]),
        ("£20, 3 s later", [(20, "GBP")]),
        ("a fee of £5, 12 days later", [(5, "GBP")]),
    ],
)
def test_a_sign_belongs_to_its_own_figure(text, expected):
    found = [value.normalised for value in find_values(text, "money")]
    assert [(each["amount"], each["currency"]) for each in found] == expected
