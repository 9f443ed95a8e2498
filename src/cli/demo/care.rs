//! What a business of the demo knows of its customers and says to them.

use chrono::{Days, NaiveDate};

use super::story::{Story, Writer};
use crate::customers::customer::CustomerFilter;
use crate::customers::preference::{self, PreferenceUpdateInput};
use crate::customers::segment::{self, SegmentCreateInput};
use crate::customers::ticket::{self, TicketCreateInput, TicketMessageCreateInput, TicketPriority, TicketStatus};
use crate::error::Result;

/// Who says something on a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Its customer.
    Customer,
    /// The staff.
    Staff,
    /// The staff among themselves.
    Internal,
}

/// A ticket of the demo.
pub struct Talk {
    /// How many days before today it is opened.
    pub ago: u64,
    /// Whose: the first customer of the business is 0.
    pub customer: usize,
    /// What it is about.
    pub subject: &'static str,
    /// How much it matters.
    pub priority: TicketPriority,
    /// What is said, each so many days after it is opened, which the first does.
    pub said: &'static [(u64, By, &'static str)],
    /// Where it stands after the last of that, if that is of the staff.
    pub status: TicketStatus,
}

impl Story {
    /// Says what is said on a day. To be called on each, with the same tickets.
    pub async fn talk(&mut self, talks: &[Talk], day: NaiveDate) -> Result<()> {
        for (place, talk) in talks.iter().enumerate() {
            let opened = self.today - Days::new(talk.ago);
            for (nth, (after, by, text)) in talk.said.iter().enumerate() {
                if opened + Days::new(*after) != day {
                    continue;
                }
                let (hour, minute) =
                    (u32::try_from(11 + nth).unwrap_or(11), u32::try_from(7 * place % 60).unwrap_or(0));
                self.at(day, hour, minute);
                self.say(talk, place, (nth, *by, text)).await?;
            }
        }
        Ok(())
    }

    async fn say(&mut self, talk: &Talk, place: usize, (nth, by, text): (usize, By, &str)) -> Result<()> {
        let (customer_id, content) = (self.customers[talk.customer], text.to_owned());
        self.written_by(if by == By::Customer { Writer::Customer(customer_id) } else { Writer::Clerk });
        match self.tickets.get(&place).copied() {
            None => {
                let taken = talk.status != TicketStatus::Open;
                let input = TicketCreateInput {
                    customer_id,
                    subject: talk.subject.into(),
                    content,
                    priority: Some(talk.priority),
                    assignee_id: taken.then_some(self.staff.clerk),
                };
                let ticket = ticket::open(&self.write, input).await?;
                self.tickets.insert(place, ticket.id);
            }
            Some(ticket) => {
                let last = nth + 1 == talk.said.len() && by != By::Customer;
                let input = TicketMessageCreateInput {
                    ticket_id: ticket,
                    content,
                    internal: by == By::Internal,
                    status: last.then_some(talk.status),
                };
                ticket::answer(&self.write, input).await?;
            }
        }
        self.written_by(Writer::Clerk);
        Ok(())
    }

    /// Notes what a customer, by number, prefers.
    pub async fn prefer(&mut self, customer: usize, input: PreferenceUpdateInput) -> Result<()> {
        preference::change(&self.write, self.customers[customer], input).await.map(drop)
    }

    /// Saves a filter of customers.
    pub async fn segment(&mut self, name: &str, filter: CustomerFilter) -> Result<()> {
        self.written_by(Writer::Owner);
        segment::add(&self.write, SegmentCreateInput { name: name.into(), search: None, filter: Some(filter) }).await?;
        self.written_by(Writer::Clerk);
        Ok(())
    }
}
