//! What the businesses of the demo sell again and again.

use super::offers::Offer;
use crate::billing::period::Interval;

/// Of the dairy.
pub const DAIRY: &[Offer] = &[
    Offer {
        code: "GHEE-M",
        name: "Ghee every month",
        description: "Cow ghee, made on the farm.",
        price: 65_000,
        interval: Interval::Month,
        features: &["Half a litre of ghee", "In a steel tin that is taken back"],
    },
    Offer {
        code: "CURD-W",
        name: "Curd every week",
        description: "Set overnight, brought on Saturdays.",
        price: 14_000,
        interval: Interval::Week,
        features: &["One kilogram of curd", "Skip a week by telling us the day before"],
    },
    Offer {
        code: "FEAST-Y",
        name: "Sweets on feast days",
        description: "A box on six feast days of the year.",
        price: 240_000,
        interval: Interval::Year,
        features: &["Pedha, barfi and shrikhand", "A kilogram in each box", "Brought before noon"],
    },
];

/// Of the WiFi provider.
pub const WIFI: &[Offer] = &[
    Offer {
        code: "HOME-5",
        name: "Home 5 Mbps",
        description: "For one or two at home.",
        price: 150_000,
        interval: Interval::Month,
        features: &["5 Mbit/s down, 2 up", "No limit of data"],
    },
    Offer {
        code: "HOME-10",
        name: "Home 10 Mbps",
        description: "For a family.",
        price: 250_000,
        interval: Interval::Month,
        features: &["10 Mbit/s down, 5 up", "No limit of data", "Router on loan"],
    },
    Offer {
        code: "HOME-20",
        name: "Home 20 Mbps",
        description: "For films in every room.",
        price: 350_000,
        interval: Interval::Month,
        features: &["20 Mbit/s down, 10 up", "No limit of data", "Router on loan", "Help by phone until 22:00"],
    },
    Offer {
        code: "OFFICE-50",
        name: "Office 50 Mbps",
        description: "For shops and offices.",
        price: 900_000,
        interval: Interval::Month,
        features: &["50 Mbit/s both ways", "A fixed address", "Repairs on the same day"],
    },
];

/// Of the shop.
pub const SHOP: &[Offer] = &[
    Offer {
        code: "COFFEE-M",
        name: "Coffee club",
        description: "A bag of what was roasted this week.",
        price: 1_800,
        interval: Interval::Month,
        features: &["A pound of coffee, ground as you like it", "10 % off at the till"],
    },
    Offer {
        code: "COFFEE-Y",
        name: "Coffee club, a year",
        description: "Twelve bags for the price of ten.",
        price: 18_000,
        interval: Interval::Year,
        features: &["A pound of coffee each month", "10 % off at the till", "A mug in the first bag"],
    },
];
