//! What customers and staff of the demo say to each other.

use super::care::{By, Talk};
use crate::customers::ticket::{TicketPriority, TicketStatus};

/// Of the dairy.
pub const DAIRY: &[Talk] = &[
    Talk {
        ago: 61,
        customer: 12,
        subject: "Milk had turned by the evening",
        priority: TicketPriority::High,
        said: &[
            (0, By::Customer, "This morning's milk had turned by the evening, though it was boiled at once."),
            (0, By::Internal, "Same from two others on Lane 5: the second can stood in the sun."),
            (1, By::Staff, "We are sorry: that can stood too long. Yesterday's milk is not on your bill."),
        ],
        status: TicketStatus::Resolved,
    },
    Talk {
        ago: 33,
        customer: 22,
        subject: "Away for a wedding",
        priority: TicketPriority::Low,
        said: &[
            (0, By::Customer, "We are away from Friday to Monday: no milk on these days, please."),
            (0, By::Staff, "Noted. We come again on Tuesday morning."),
        ],
        status: TicketStatus::Closed,
    },
    Talk {
        ago: 6,
        customer: 36,
        subject: "Bill of last month",
        priority: TicketPriority::Normal,
        said: &[
            (0, By::Customer, "The bill has an evening litre on the 14th. We did not get one."),
            (1, By::Staff, "The book has it, at 18:40. Could your neighbour have taken it in?"),
        ],
        status: TicketStatus::Pending,
    },
    Talk {
        ago: 2,
        customer: 30,
        subject: "Half a litre more from the first",
        priority: TicketPriority::Normal,
        said: &[(0, By::Customer, "Our son is home for the holidays. From the first, half a litre more each morning.")],
        status: TicketStatus::Open,
    },
    Talk {
        ago: 1,
        customer: 8,
        subject: "The can leaks",
        priority: TicketPriority::Urgent,
        said: &[
            (0, By::Staff, "He called: the can leaks, half of it was on the stairs."),
            (0, By::Internal, "Take a new can along tomorrow morning."),
        ],
        status: TicketStatus::Open,
    },
];

/// Of the WiFi provider.
pub const WIFI: &[Talk] = &[
    Talk {
        ago: 48,
        customer: 3,
        subject: "A fixed address for the tills",
        priority: TicketPriority::Normal,
        said: &[
            (0, By::Customer, "The new tills need a fixed address. Does our plan have one?"),
            (1, By::Staff, "It does. Your address is in the letter of today; restart the router once."),
            (1, By::Customer, "Works. Thank you!"),
            (2, By::Staff, "Good. We close this."),
        ],
        status: TicketStatus::Closed,
    },
    Talk {
        ago: 19,
        customer: 16,
        subject: "Slow in the evenings",
        priority: TicketPriority::High,
        said: &[
            (0, By::Customer, "From eight in the evening on, films stop all the time."),
            (1, By::Internal, "Sector 3 of the mast is full. The second antenna comes on Thursday."),
            (1, By::Staff, "The mast is at its limit there. A second antenna is put up this week."),
            (5, By::Staff, "The antenna is up. How is it now?"),
        ],
        status: TicketStatus::Pending,
    },
    Talk {
        ago: 9,
        customer: 5,
        subject: "Paid, but still cut off",
        priority: TicketPriority::Urgent,
        said: &[
            (0, By::Customer, "I sent the money on Monday and have no internet."),
            (0, By::Staff, "There is no payment under your number. Could you send us the code of the message?"),
        ],
        status: TicketStatus::Pending,
    },
    Talk {
        ago: 3,
        customer: 27,
        subject: "Move to Ruaka",
        priority: TicketPriority::Normal,
        said: &[(0, By::Customer, "We move to Ruaka at the end of the month. Can the line come along?")],
        status: TicketStatus::Open,
    },
    Talk {
        ago: 1,
        customer: 30,
        subject: "No light on the router",
        priority: TicketPriority::High,
        said: &[
            (0, By::Staff, "Called at noon: the router is dead since the power cut."),
            (0, By::Internal, "One left in the store. Visit tomorrow at nine."),
        ],
        status: TicketStatus::Open,
    },
];

/// Of the shop.
pub const SHOP: &[Talk] = &[
    Talk {
        ago: 58,
        customer: 5,
        subject: "Invoices without sales tax",
        priority: TicketPriority::Normal,
        said: &[
            (0, By::Customer, "We are exempt, but the receipt of the 3rd has sales tax on it."),
            (1, By::Staff, "You are right. A corrected receipt is in the mail, and it is noted on your account."),
        ],
        status: TicketStatus::Closed,
    },
    Talk {
        ago: 24,
        customer: 7,
        subject: "Ground too fine",
        priority: TicketPriority::Low,
        said: &[
            (0, By::Customer, "The last bag is ground for espresso. I use a French press."),
            (0, By::Internal, "The card in the box says espresso. Changed it to coarse."),
            (1, By::Staff, "Sorry! A coarse bag waits for you at the till, on us."),
            (3, By::Customer, "Picked it up. Perfect."),
            (3, By::Staff, "Enjoy it!"),
        ],
        status: TicketStatus::Resolved,
    },
    Talk {
        ago: 10,
        customer: 31,
        subject: "A kettle for a wedding list",
        priority: TicketPriority::Normal,
        said: &[
            (0, By::Customer, "Can you put the copper kettle aside until the 12th?"),
            (0, By::Staff, "We can, for a deposit of ten dollars. Shall we charge your account?"),
        ],
        status: TicketStatus::Pending,
    },
    Talk {
        ago: 2,
        customer: 17,
        subject: "Sixty boxes by Friday",
        priority: TicketPriority::Urgent,
        said: &[
            (0, By::Customer, "We need sixty gift boxes by Friday noon. Is that possible?"),
            (1, By::Internal, "Forty are here; the maker can bring twenty on Thursday if we call today."),
        ],
        status: TicketStatus::Open,
    },
];
