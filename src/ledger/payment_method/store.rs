//! The only file that queries `payment_methods`.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::SavedPaymentMethod;
use crate::db::Conn;
use crate::db::tables::payment_methods;
use crate::error::Result;
use crate::id::{BusinessId, CustomerId, PaymentMethodId};

/// The method of that id.
pub async fn find(mut conn: &Conn, business: BusinessId, id: PaymentMethodId) -> Result<Option<SavedPaymentMethod>> {
    let found = payment_methods::table.find((business, id)).select(SavedPaymentMethod::as_select());
    Ok(found.first(&mut conn).await.optional()?)
}

/// The method of that id, which stays on file until the transaction ends.
pub async fn hold(mut conn: &Conn, business: BusinessId, id: PaymentMethodId) -> Result<Option<SavedPaymentMethod>> {
    let found = payment_methods::table.find((business, id)).select(SavedPaymentMethod::as_select()).for_key_share();
    Ok(found.first(&mut conn).await.optional()?)
}

/// The methods of those ids.
pub async fn by_ids(
    mut conn: &Conn,
    business: BusinessId,
    ids: &[PaymentMethodId],
) -> Result<HashMap<PaymentMethodId, SavedPaymentMethod>> {
    let found: Vec<SavedPaymentMethod> = payment_methods::table
        .filter(payment_methods::business_id.eq(business).and(payment_methods::id.eq_any(ids)))
        .select(SavedPaymentMethod::as_select())
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|method| (method.id, method)).collect())
}

/// The methods of these customers, in the order in which they were put on file.
pub async fn by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, Vec<SavedPaymentMethod>>> {
    let found: Vec<SavedPaymentMethod> = payment_methods::table
        .filter(payment_methods::business_id.eq(business).and(payment_methods::customer_id.eq_any(customers)))
        .order(payment_methods::id)
        .select(SavedPaymentMethod::as_select())
        .load(&mut conn)
        .await?;
    let mut groups: HashMap<CustomerId, Vec<SavedPaymentMethod>> = HashMap::new();
    for method in found {
        groups.entry(method.customer_id).or_default().push(method);
    }
    Ok(groups)
}

/// How many methods a customer has on file.
pub async fn count(mut conn: &Conn, business: BusinessId, customer: CustomerId) -> Result<i64> {
    Ok(payment_methods::table
        .filter(payment_methods::business_id.eq(business).and(payment_methods::customer_id.eq(customer)))
        .count()
        .get_result(&mut conn)
        .await?)
}

/// Puts a method of a locked customer on file.
pub async fn insert(mut conn: &Conn, method: &SavedPaymentMethod) -> Result<()> {
    diesel::insert_into(payment_methods::table).values(method).execute(&mut conn).await?;
    Ok(())
}

/// Takes a method off file. Whether it was there.
pub async fn delete(mut conn: &Conn, business: BusinessId, id: PaymentMethodId) -> Result<bool> {
    Ok(diesel::delete(payment_methods::table.find((business, id))).execute(&mut conn).await? == 1)
}
