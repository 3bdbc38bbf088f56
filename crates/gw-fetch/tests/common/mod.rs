//! A server on this machine that answers as a test says, also in ways no server should.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What to do with a connection.
#[derive(Clone)]
pub(crate) enum Answer {
    /// Send these bytes and close.
    Raw(Vec<u8>),
    /// Send these bytes, then nothing for a long time.
    Hang(Vec<u8>),
    /// Send these bytes, then reset the connection.
    Reset(Vec<u8>),
    /// Send bytes without end.
    Endless,
}

/// A response with a status line, headers and a body of the stated length.
pub(crate) fn response(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let length = body.len().to_string();
    let mut all = vec![("content-length", length.as_str())];
    all.extend(headers);
    raw(status, &all, body)
}

/// A response with exactly these headers.
pub(crate) fn raw(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut bytes = format!("HTTP/1.1 {status}\r\nconnection: close\r\n").into_bytes();
    for (name, value) in headers {
        bytes.extend(format!("{name}: {value}\r\n").bytes());
    }
    bytes.extend(b"\r\n");
    bytes.extend(body);
    Answer::Raw(bytes)
}

type Routes = BTreeMap<String, Answer>;

/// The server. It goes on until the test's process ends.
pub(crate) struct Server {
    pub(crate) base: String,
    routes: Arc<Mutex<Routes>>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let routes: Arc<Mutex<Routes>> = Arc::default();
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let server = Self {
            base,
            routes: Arc::clone(&routes),
            requests: Arc::clone(&requests),
        };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (routes, requests) = (Arc::clone(&routes), Arc::clone(&requests));
                std::thread::spawn(move || serve(stream, &routes, &requests));
            }
        });
        server
    }

    /// Sets the answer to a path.
    pub(crate) fn set(&self, path: &str, answer: Answer) {
        self.routes.lock().unwrap().insert(path.to_owned(), answer);
    }

    /// The requests since the last call, whole heads.
    pub(crate) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }
}

fn serve(mut stream: TcpStream, routes: &Mutex<Routes>, requests: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    if !read_until(&mut stream, &mut head, b"\r\n") {
        return;
    }
    let line = String::from_utf8_lossy(&head).into_owned();
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let answer = routes.lock().unwrap().get(&path).cloned();
    if let Some(Answer::Reset(bytes)) = &answer {
        // Closing while a part of the request is unread makes the system send a reset.
        let _ = stream.write_all(bytes);
        return;
    }
    if !read_until(&mut stream, &mut head, b"\r\n\r\n") {
        return;
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    requests.lock().unwrap().push(head.to_ascii_lowercase());
    match answer.unwrap_or_else(|| response("404 Not Found", &[], b"nothing here")) {
        Answer::Raw(bytes) => {
            let _ = stream.write_all(&bytes);
            let _ = stream.shutdown(Shutdown::Write);
        }
        Answer::Hang(bytes) => {
            let _ = stream.write_all(&bytes);
            std::thread::sleep(Duration::from_secs(20));
        }
        Answer::Reset(_) => {}
        Answer::Endless => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            while stream.write_all(&[b'x'; 4096]).is_ok() {}
        }
    }
}

fn read_until(stream: &mut TcpStream, bytes: &mut Vec<u8>, end: &[u8]) -> bool {
    let mut byte = [0];
    while !bytes.ends_with(end) {
        match stream.read(&mut byte) {
            Ok(1) => bytes.extend(byte),
            _ => return false,
        }
    }
    true
}

/// The bytes of an `all.zip`: named members.
pub(crate) fn zip(members: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in members {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(*name, options).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A record that affects every version of a package.
pub(crate) fn record(id: &str, ecosystem: &str, name: &str) -> String {
    format!(
        r#"{{"id": "{id}", "modified": "2026-01-01T00:00:00Z", "affected": [{{
            "package": {{"ecosystem": "{ecosystem}", "name": "{name}"}},
            "ranges": [{{"type": "SEMVER", "events": [{{"introduced": "0"}}]}}]}}]}}"#
    )
}
