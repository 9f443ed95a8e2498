//! Dataloaders: relations of many parents, loaded by one statement.
//!
//! A [`Relation`] stands in the `loader.rs` of its entity. Its loader is made when it is first asked for and
//! lives as long as the snapshot, so that what it remembers is always what the snapshot shows.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use async_graphql::Context;
use dataloader::BatchFn;
use dataloader::cached::Loader;
use uuid::Uuid;

use super::{Connection, ContextExt as _, Snapshot};
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::db::page::{Page, Rows};
use crate::error::{Error, Result};

/// A relation from parents to what belongs to each.
pub trait Relation: Send + Sync + 'static {
    /// The parent, with the arguments of the field if it has any.
    type Key: Eq + Hash + Clone + Debug + Send + Sync;
    /// What belongs to one parent.
    type Value: Clone + Send + Sync;

    /// What a viewer needs to read it, on whatever way they come to it: guards stand on the fields where a way
    /// begins, and none runs behind an interface.
    const NEEDS: Option<Permission>;

    /// Loads the relation for all `keys`. A key without an entry has nothing.
    fn load(
        conn: &Conn,
        viewer: &Viewer,
        keys: &[Self::Key],
    ) -> impl Future<Output = Result<HashMap<Self::Key, Self::Value>>> + Send;
}

/// The most keys of one batch: no page has as many rows.
const MAX_BATCH: usize = 10_000;

type Loaded<R> = Result<Option<<R as Relation>::Value>, Arc<Error>>;
type LoaderOf<R> = Loader<<R as Relation>::Key, Loaded<R>, Batch<R>>;

/// The loaders of one snapshot, by the type of their relation.
pub struct Loaders {
    snapshot: Weak<Snapshot>,
    made: Mutex<HashMap<TypeId, Box<dyn Any + Send + Sync>>>,
}

impl Loaders {
    pub(super) fn new(snapshot: Weak<Snapshot>) -> Self {
        Self { snapshot, made: Mutex::default() }
    }

    fn get<R: Relation>(&self) -> LoaderOf<R> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let loader = made.entry(TypeId::of::<R>()).or_insert_with(|| {
            let batch = Batch::<R> { snapshot: self.snapshot.clone(), relation: PhantomData };
            let loader: LoaderOf<R> = Loader::new(batch).with_yield_count(2).with_max_batch_size(MAX_BATCH);
            Box::new(loader)
        });
        match loader.downcast_ref::<LoaderOf<R>>() {
            Some(loader) => loader.clone(),
            None => unreachable!("a loader is kept under the type of its relation"),
        }
    }
}

impl Snapshot {
    /// What belongs to `key`, for a viewer who may read it. Calls of one level of the answer are gathered into one
    /// batch.
    pub async fn load<R: Relation>(&self, key: R::Key) -> Result<Option<R::Value>> {
        if let Some(permission) = R::NEEDS {
            self.viewer.require(permission)?;
        }
        let loader = self.loaders().get::<R>();
        // `try_load` fails only for a key that the batch left out, and `Batch` leaves none out.
        loader.try_load(key).await.map_err(Error::internal)?.map_err(Error::Shared)
    }
}

struct Batch<R> {
    snapshot: Weak<Snapshot>,
    relation: PhantomData<R>,
}

impl<R: Relation> BatchFn<R::Key, Loaded<R>> for Batch<R> {
    async fn load(&mut self, keys: &[R::Key]) -> HashMap<R::Key, Loaded<R>> {
        let loaded = match self.snapshot.upgrade() {
            Some(snapshot) => R::load(&snapshot, &snapshot.viewer, keys).await,
            None => Err(Error::internal("the operation has ended")),
        };
        match loaded {
            Ok(mut found) => keys.iter().map(|key| (key.clone(), Ok(found.remove(key)))).collect(),
            Err(error) => {
                let error = Arc::new(error);
                keys.iter().map(|key| (key.clone(), Err(Arc::clone(&error)))).collect()
            }
        }
    }
}

/// The page of what belongs to `parent`, counted only if the client asks: `R` loads the rows, `C` the counts.
pub async fn page_of<R, C, K, T>(ctx: &Context<'_>, parent: K, page: Page) -> Result<Connection<T>>
where
    R: Relation<Key = (K, Page), Value = Rows<T>>,
    C: Relation<Key = K, Value = i64>,
    K: Clone,
{
    let snapshot = ctx.read().await?;
    let rows = snapshot.load::<R>((parent.clone(), page.clone()));
    let total = async {
        if ctx.wants_total() { Ok(Some(snapshot.load::<C>(parent).await?.unwrap_or_default())) } else { Ok(None) }
    };
    let (rows, total) = tokio::try_join!(rows, total)?;
    Ok(Connection::new(page, rows.unwrap_or_default(), total))
}

/// Loads the pages of children of many parents: one statement for each distinct query, and all fields of one
/// level of a document have the same.
///
/// `list` gets parents and their common query, and returns the rows on the pages with their sort keys.
pub async fn children<P, Q, T, F>(
    keys: &[(P, Q)],
    page: impl Fn(&Q) -> &Page,
    list: impl Fn(Vec<P>, Q) -> F,
    parent: impl Fn(&T) -> P,
    id: impl Fn(&T) -> Uuid + Copy,
) -> Result<HashMap<(P, Q), Rows<T>>>
where
    P: Eq + Hash + Copy,
    Q: Eq + Hash + Clone,
    F: Future<Output = Result<Vec<(T, String)>>>,
{
    let mut by_query: HashMap<&Q, Vec<P>> = HashMap::new();
    for (parent, query) in keys {
        by_query.entry(query).or_default().push(*parent);
    }
    let mut found = HashMap::with_capacity(keys.len());
    for (query, parents) in by_query {
        let mut by_parent: HashMap<P, Vec<(T, String)>> = HashMap::with_capacity(parents.len());
        for row in list(parents.clone(), query.clone()).await? {
            by_parent.entry(parent(&row.0)).or_default().push(row);
        }
        for parent in parents {
            let rows = page(query).rows(by_parent.remove(&parent).unwrap_or_default(), id);
            found.insert((parent, query.clone()), rows);
        }
    }
    Ok(found)
}
