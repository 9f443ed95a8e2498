// @generated automatically by Diesel CLI.

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    adjustments (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        reason -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    allocations (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        payment_id -> Uuid,
        charge_id -> Uuid,
        amount -> Int8,
        created_at -> Timestamptz,
        released_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    api_keys (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        name -> Text,
        token_hash -> Bytea,
        scopes -> Array<Nullable<Text>>,
        created_by -> Uuid,
        created_at -> Timestamptz,
        last_used_at -> Nullable<Timestamptz>,
        expires_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    businesses (id) {
        id -> Uuid,
        name -> Text,
        slug -> Text,
        currency -> Text,
        time_zone -> Text,
        locale -> Text,
        country -> Text,
        days_until_due -> Int4,
        use_credit_automatically -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        occasional_from -> Int4,
        regular_from -> Int4,
        frequent_from -> Int4,
        test_clock -> Nullable<Timestamptz>,
        invoice_prefix -> Text,
        credit_note_prefix -> Text,
        tax_mode -> Text,
        reminder_offsets -> Array<Nullable<Int4>>,
        days_of_grace -> Int4,
        suspends_overdue -> Bool,
        dunning_revised -> Bool,
        billing_ran_at -> Nullable<Timestamptz>,
        member_from_purchases -> Nullable<Int8>,
        member_from_spent -> Nullable<Int8>,
        member_at_sale -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    charges (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        customer_id -> Uuid,
        kind -> Text,
        occurred_on -> Date,
        due_on -> Date,
        amount -> Int8,
        paid -> Int8,
        external_ref -> Nullable<Text>,
        created_at -> Timestamptz,
        voided_at -> Nullable<Timestamptz>,
        deleted_at -> Nullable<Timestamptz>,
        batch_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    contacts (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        customer_id -> Uuid,
        name -> Text,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        role -> Text,
        is_primary -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        search -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    counters (business_id, name) {
        business_id -> Uuid,
        name -> Text,
        value -> Int8,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    credit_notes (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        invoice_id -> Uuid,
        customer_id -> Uuid,
        number -> Text,
        year -> Int4,
        sequence -> Int4,
        issued_on -> Date,
        reason -> Text,
        lines -> Jsonb,
        net -> Int8,
        tax -> Int8,
        total -> Int8,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    customer_sessions (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        customer_id -> Uuid,
        share_link_id -> Uuid,
        refresh_hash -> Bytea,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    customers (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        code -> Text,
        name -> Text,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        whatsapp_phone -> Nullable<Text>,
        address -> Nullable<Text>,
        #[sql_name = "type"]
        type_ -> Text,
        status -> Text,
        archived_at -> Nullable<Timestamptz>,
        member_since -> Nullable<Date>,
        tags -> Array<Nullable<Text>>,
        metadata -> Jsonb,
        joined_on -> Date,
        billing_name -> Nullable<Text>,
        billing_address -> Nullable<Text>,
        tax_id -> Nullable<Text>,
        balance -> Int8,
        last_payment_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        search -> Text,
        suspended_by_dunning -> Bool,
        contact_search -> Text,
        found_by -> Text,
        member_by_rule -> Bool,
        erased_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    dunnings (business_id, invoice_id) {
        business_id -> Uuid,
        invoice_id -> Uuid,
        customer_id -> Uuid,
        dunning_on -> Nullable<Date>,
        reminded_on -> Nullable<Date>,
        suspended_on -> Nullable<Date>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    entries (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        customer_id -> Uuid,
        kind -> Text,
        charge_id -> Nullable<Uuid>,
        payment_id -> Nullable<Uuid>,
        amount -> Int8,
        occurred_on -> Date,
        created_at -> Timestamptz,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    events (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        txid -> Xid8,
        kind -> Text,
        customer_id -> Nullable<Uuid>,
        subject_id -> Uuid,
        actor_id -> Nullable<Uuid>,
        data -> Jsonb,
        occurred_at -> Timestamptz,
        actor_key_id -> Nullable<Uuid>,
        actor_customer_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    figures (business_id, id) {
        business_id -> Uuid,
        id -> Int8,
        kind -> Text,
        day -> Date,
        key -> Text,
        amount -> Int8,
        is_delta -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    idempotency_keys (business_id, key) {
        business_id -> Uuid,
        key -> Text,
        operation -> Text,
        input_hash -> Bytea,
        result_id -> Uuid,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    invoices (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        customer_id -> Uuid,
        number -> Nullable<Text>,
        year -> Nullable<Int4>,
        sequence -> Nullable<Int4>,
        issued_on -> Date,
        due_on -> Nullable<Date>,
        tax_mode -> Text,
        lines -> Jsonb,
        net -> Int8,
        tax -> Int8,
        total -> Int8,
        memo -> Nullable<Text>,
        recurring -> Bool,
        subscription_id -> Nullable<Uuid>,
        period_start -> Nullable<Date>,
        period_end -> Nullable<Date>,
        uncollectible_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        charge_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    memberships (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        user_id -> Uuid,
        role -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    notes (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        customer_id -> Uuid,
        kind -> Text,
        content -> Text,
        author_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    payment_methods (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        customer_id -> Uuid,
        method -> Text,
        label -> Text,
        reference -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    payments (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        customer_id -> Uuid,
        amount -> Int8,
        unallocated -> Int8,
        method -> Text,
        reference -> Nullable<Text>,
        received_at -> Timestamptz,
        received_by -> Nullable<Uuid>,
        external_ref -> Nullable<Text>,
        created_at -> Timestamptz,
        kind -> Text,
        reason -> Nullable<Text>,
        refunded -> Int8,
        reversed_at -> Nullable<Timestamptz>,
        receipt -> Nullable<Int4>,
        payment_method_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    plan_prices (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        plan_id -> Uuid,
        version -> Int4,
        amount -> Int8,
        created_at -> Timestamptz,
        tax_rate -> Numeric,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    plan_subscriptions (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        customer_id -> Uuid,
        plan_id -> Uuid,
        price_id -> Uuid,
        quantity -> Int4,
        status -> Text,
        starts_on -> Date,
        trial_ends_on -> Nullable<Date>,
        anchor_on -> Date,
        period_start -> Nullable<Date>,
        period_end -> Nullable<Date>,
        period_amount -> Int8,
        cancel_at_period_end -> Bool,
        canceled_on -> Nullable<Date>,
        paused_on -> Nullable<Date>,
        resume_on -> Nullable<Date>,
        next_price_id -> Nullable<Uuid>,
        next_quantity -> Nullable<Int4>,
        due_on -> Nullable<Date>,
        error -> Nullable<Text>,
        failures -> Int4,
        retry_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        dunning_held -> Bool,
        dunning_held_until -> Nullable<Date>,
        period_tax_rate -> Numeric,
        period_tax_mode -> Text,
        period_price_id -> Nullable<Uuid>,
        period_quantity -> Nullable<Int4>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    plans (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        code -> Text,
        name -> Text,
        description -> Nullable<Text>,
        interval_unit -> Text,
        interval_count -> Int4,
        trial_days -> Int4,
        features -> Array<Nullable<Text>>,
        attributes -> Jsonb,
        version -> Int4,
        archived_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    preferences (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        favourite_products -> Array<Nullable<Text>>,
        payment_method -> Nullable<Text>,
        best_time -> Nullable<Text>,
        prefers_sms -> Bool,
        prefers_email -> Bool,
        prefers_call -> Bool,
        do_not_contact -> Bool,
        do_not_contact_reason -> Nullable<Text>,
        may_receive_offers -> Bool,
        takes_part_in_loyalty -> Bool,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    purchase_histories (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        purchases -> Int8,
        spent -> Int8,
        items -> Int8,
        first_on -> Nullable<Date>,
        last_on -> Nullable<Date>,
        lifetime_value -> Int8,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    records (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        product -> Text,
        quantity -> Numeric,
        unit -> Nullable<Text>,
        unit_price -> Numeric,
        shift -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    refresh_tokens (token_hash) {
        token_hash -> Bytea,
        session_id -> Uuid,
        business_id -> Uuid,
        expires_at -> Timestamptz,
        spent_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    sales (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        items -> Int4,
        reference -> Nullable<Text>,
        lines -> Jsonb,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    search_words (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        word -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    segments (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        name -> Text,
        search -> Nullable<Text>,
        filter -> Jsonb,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    service_usages (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        percent -> Int4,
        devices -> Int4,
        reported_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        created_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    share_links (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        customer_id -> Uuid,
        token_hash -> Bytea,
        created_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
        last_used_at -> Nullable<Timestamptz>,
        expires_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
        wrong_at -> Array<Nullable<Timestamptz>>,
        locked_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    standing_order_days (business_id, order_id, day) {
        business_id -> Uuid,
        order_id -> Uuid,
        day -> Date,
        charge_id -> Uuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    standing_orders (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        customer_id -> Uuid,
        product -> Text,
        quantity -> Numeric,
        unit -> Nullable<Text>,
        unit_price -> Numeric,
        shift -> Nullable<Text>,
        weekdays -> Int2,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        skips -> Jsonb,
        paused -> Bool,
        ended_at -> Nullable<Timestamptz>,
        made_on -> Nullable<Date>,
        next_on -> Nullable<Date>,
        error -> Nullable<Text>,
        failures -> Int4,
        retry_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    subscription_periods (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        subscription_id -> Uuid,
        customer_id -> Uuid,
        price_id -> Uuid,
        quantity -> Int4,
        starts_on -> Date,
        ends_on -> Date,
        period_start -> Date,
        period_end -> Date,
        period_amount -> Int8,
        amount -> Int8,
        charge_id -> Nullable<Uuid>,
        credited -> Int8,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    ticket_messages (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        ticket_id -> Uuid,
        customer_id -> Uuid,
        content -> Text,
        internal -> Bool,
        author_id -> Nullable<Uuid>,
        author_key_id -> Nullable<Uuid>,
        from_customer -> Bool,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    tickets (business_id, id) {
        business_id -> Uuid,
        id -> Uuid,
        customer_id -> Uuid,
        subject -> Text,
        priority -> Text,
        status -> Text,
        assignee_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::sql_types::*;

    users (id) {
        id -> Uuid,
        email -> Text,
        name -> Text,
        password_hash -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::joinable!(api_keys -> businesses (business_id));
diesel::joinable!(api_keys -> users (created_by));
diesel::joinable!(counters -> businesses (business_id));
diesel::joinable!(customers -> businesses (business_id));
diesel::joinable!(events -> businesses (business_id));
diesel::joinable!(events -> users (actor_id));
diesel::joinable!(figures -> businesses (business_id));
diesel::joinable!(idempotency_keys -> businesses (business_id));
diesel::joinable!(memberships -> businesses (business_id));
diesel::joinable!(memberships -> users (user_id));
diesel::joinable!(notes -> users (author_id));
diesel::joinable!(payments -> users (received_by));
diesel::joinable!(plans -> businesses (business_id));
diesel::joinable!(refresh_tokens -> businesses (business_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::joinable!(search_words -> businesses (business_id));
diesel::joinable!(segments -> businesses (business_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(share_links -> users (created_by));
diesel::joinable!(ticket_messages -> users (author_id));

diesel::allow_tables_to_appear_in_same_query!(
    adjustments,
    allocations,
    api_keys,
    businesses,
    charges,
    contacts,
    counters,
    credit_notes,
    customer_sessions,
    customers,
    dunnings,
    entries,
    events,
    figures,
    idempotency_keys,
    invoices,
    memberships,
    notes,
    payment_methods,
    payments,
    plan_prices,
    plan_subscriptions,
    plans,
    preferences,
    purchase_histories,
    records,
    refresh_tokens,
    sales,
    search_words,
    segments,
    service_usages,
    sessions,
    share_links,
    standing_order_days,
    standing_orders,
    subscription_periods,
    ticket_messages,
    tickets,
    users,
);
