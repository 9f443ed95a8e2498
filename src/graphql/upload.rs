//! Files that come with an operation, by the
//! [GraphQL multipart request specification](https://github.com/jaydenseric/graphql-multipart-request-spec).
//!
//! Not the type of async-graphql: that takes a name for a file from any text, and panics where there is none.

use std::fs::File;
use std::io::{Seek as _, SeekFrom};

use async_graphql::{Context, InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::error::{Error, Result, UserErrorCode};

/// What stands for a file in the variables, before its number.
const PLACE: &str = "#upload:";

/// The files that came with an operation, in the data of its request.
#[derive(Debug, Default)]
pub struct Uploads(pub Vec<File>);

/// A file that came with the operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upload(usize);

/// A file. It is sent beside the operation, as a part of a request of the type `multipart/form-data` with the header
/// `graphql-require-preflight`; the variable itself is null.
#[Scalar(name = "Upload", specified_by_url = "https://github.com/jaydenseric/graphql-multipart-request-spec")]
impl ScalarType for Upload {
    fn parse(value: Value) -> InputValueResult<Self> {
        let place = match &value {
            Value::String(text) => text.strip_prefix(PLACE).and_then(|number| number.parse().ok()),
            _ => None,
        };
        place.map(Self).ok_or_else(|| {
            InputValueError::custom("this is a file: send it as a part of a request of the type multipart/form-data")
        })
    }

    fn to_value(&self) -> Value {
        Value::Null
    }
}

impl Upload {
    /// What stands in the variables for the file of a number.
    pub fn place(number: usize) -> String {
        format!("{PLACE}{number}")
    }

    /// The file, from its beginning. A user error at `field` if none came.
    pub fn open(self, ctx: &Context<'_>, field: &str) -> Result<File> {
        let files = ctx.data_opt::<Uploads>();
        let Some(file) = files.and_then(|files| files.0.get(self.0)) else {
            let message = "no file came with the operation: send it as a part of the request";
            return Err(Error::user(UserErrorCode::Required, field, message));
        };
        let mut file = file.try_clone().map_err(Error::internal)?;
        file.seek(SeekFrom::Start(0)).map_err(Error::internal)?;
        Ok(file)
    }
}
