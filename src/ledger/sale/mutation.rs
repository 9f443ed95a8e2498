//! Mutations of sales.

use async_graphql::{Context, Object};

use super::model::{NewSale, Sale, SaleCreateInput};
use super::store;
use crate::auth::Permission;
use crate::customers::customer::{self, Customer};
use crate::error::Result;
use crate::graphql::{ContextExt as _, Nullable, Write, mutate, payload};
use crate::id::{ChargeId, PaymentId};
use crate::ledger::allocation::Named;
use crate::ledger::charge::{self, ChargeKind, ChargeRow, NewCharge};
use crate::ledger::idempotency;
use crate::ledger::payment::{self, NewPayment};

payload! {
    /// The answer of mutations of a sale.
    SalePayload {
        /// The sale as it is now.
        sale: Sale,
    }
}

/// Mutations of sales.
#[derive(Default)]
pub struct SaleMutation;

#[Object]
impl SaleMutation {
    /// Records a purchase, which the customer then owes, but for what they pay of it on the spot.
    async fn sale_create(&self, ctx: &Context<'_>, input: SaleCreateInput) -> Nullable<SalePayload> {
        mutate(ctx, Permission::ChargesWrite, create(ctx, input)).await
    }
}

async fn create(ctx: &Context<'_>, input: SaleCreateInput) -> Result<SalePayload> {
    let write = ctx.write().await?;
    let tenant = &write.viewer.business;
    let (new, key) = input.check(tenant.currency)?;
    let mut customer = customer::store::lock(&write, tenant.id, new.customer, "customerId").await?;
    let mut id = ChargeId(write.app.clock.id());
    match idempotency::claim(&write, key.as_deref(), "saleCreate", &new, id.0).await? {
        Some(done) => id = ChargeId(done),
        None => {
            let charge = NewCharge {
                kind: ChargeKind::Sale,
                occurred_on: new.occurred_on.unwrap_or_else(|| write.today()),
                due_on: None,
                amount: new.amount,
                items: new.items,
                external_ref: None,
                batch_id: None,
            };
            let mut charge = charge::post(&write, &mut customer, id, charge).await?;
            store::insert(&write, &[new.detail(tenant.id, id)]).await?;
            pay(&write, &mut customer, &mut charge, &new).await?;
            charge::settle(&write, &mut charge).await?;
        }
    }
    write.commit().await?;
    let sale = ctx.load::<charge::ById>(id).await?.map(charge::Charge::into_sale).transpose()?;
    Ok(SalePayload { sale, ..Default::default() })
}

/// Books what is paid on the spot, which is for this sale and no other.
async fn pay(write: &Write, customer: &mut Customer, charge: &mut ChargeRow, sale: &NewSale) -> Result<()> {
    let Some(paid) = &sale.payment else { return Ok(()) };
    let new = NewPayment {
        customer: customer.id,
        amount: paid.amount,
        method: paid.method,
        reference: paid.reference.clone(),
        received_at: None,
        charges: vec![Named { charge: charge.id, amount: None }],
        allow_credit: false,
        external_ref: None,
        payment_method: None,
        credit: None,
    };
    let id = PaymentId(write.app.clock.id());
    payment::post(write, customer, id, &new, write.viewer.user()).await?;
    charge.paid = paid.amount;
    Ok(())
}
