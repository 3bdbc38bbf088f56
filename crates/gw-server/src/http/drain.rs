//! Reading what a request still sends after it has been answered.
//!
//! A refusal comes before the body was read. If the body were dropped, the stream would be reset, and
//! some clients would then show a broken connection instead of the refusal.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::Request;
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

/// Bytes that are read for the client's sake; who sends more is cut off.
const MOST: u64 = 256 << 10;
/// For how long.
const LONGEST: Duration = Duration::from_secs(2);

/// A body whose rest is read when nobody wants it any more.
struct Drained(Body);

impl HttpBody for Drained {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

impl Drop for Drained {
    fn drop(&mut self) {
        let left = self.0.size_hint().lower();
        if self.0.is_end_stream() || left > MOST {
            return;
        }
        let body = std::mem::take(&mut self.0);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(tokio::time::timeout(LONGEST, read(body)));
        }
    }
}

async fn read(mut body: Body) {
    let mut seen = 0;
    while let Some(Ok(frame)) =
        std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await
    {
        seen += frame.data_ref().map_or(0, |data| data.len() as u64);
        if seen > MOST {
            return;
        }
    }
}

/// Lets every request's body be read to its end.
pub(crate) async fn drain(request: Request<Body>, next: Next) -> Response {
    next.run(request.map(|body| Body::new(Drained(body)))).await
}
