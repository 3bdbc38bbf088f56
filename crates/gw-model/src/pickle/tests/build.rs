//! An assembler of pickles.

/// A pickle that grows from its start.
#[derive(Clone)]
pub(crate) struct Asm(Vec<u8>);

impl Asm {
    /// With the opcode of a protocol, if it has one.
    pub(crate) fn new(protocol: u8) -> Self {
        Self(if protocol < 2 {
            Vec::new()
        } else {
            vec![0x80, protocol]
        })
    }

    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn op(self, opcode: u8) -> Self {
        self.raw(&[opcode])
    }

    pub(crate) fn text(self, text: &str) -> Self {
        let length = u32::try_from(text.len()).unwrap().to_le_bytes();
        self.op(b'X').raw(&length).raw(text.as_bytes())
    }

    pub(crate) fn bytes(self, bytes: &[u8]) -> Self {
        let length = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        self.op(b'B').raw(&length).raw(bytes)
    }

    pub(crate) fn int(self, number: u8) -> Self {
        self.raw(&[b'K', number])
    }

    pub(crate) fn none(self) -> Self {
        self.op(b'N')
    }

    /// `STACK_GLOBAL`.
    pub(crate) fn global(self, module: &str, name: &str) -> Self {
        self.text(module).text(name).op(0x93)
    }

    /// `GLOBAL`.
    pub(crate) fn old_global(self, module: &str, name: &str) -> Self {
        self.raw(format!("c{module}\n{name}\n").as_bytes())
    }

    /// `EMPTY_TUPLE` to `TUPLE3`.
    pub(crate) fn tuple(self, count: usize) -> Self {
        self.op([b')', 0x85, 0x86, 0x87][count])
    }

    /// A tuple of the last `count` values, each of which is one the assembler made with one call,
    /// with `TUPLE`; the mark is put before them.
    pub(crate) fn tuple_marked(self, count: usize) -> Self {
        // Values cannot be found again in the bytes, so they are moved behind a mark by the memo.
        let mut asm = self;
        for index in (0..count).rev() {
            asm = asm.raw(&[b'q', 200 + index as u8, b'0']);
        }
        asm = asm.op(b'(');
        for index in 0..count {
            asm = asm.raw(&[b'h', 200 + index as u8]);
        }
        asm.op(b't')
    }

    pub(crate) fn reduce(self) -> Self {
        self.op(b'R')
    }

    pub(crate) fn newobj(self) -> Self {
        self.op(0x81)
    }

    pub(crate) fn build(self) -> Self {
        self.op(b'b')
    }

    pub(crate) fn setitem(self) -> Self {
        self.op(b's')
    }

    /// A list of numbers.
    pub(crate) fn list(self, numbers: &[u8]) -> Self {
        let mut asm = self.op(b']').op(b'(');
        for number in numbers {
            asm = asm.int(*number);
        }
        asm.op(b'e')
    }

    /// A dictionary with these keys and their places as values.
    pub(crate) fn dict(self, keys: &[&str]) -> Self {
        let mut asm = self.op(b'}').op(b'(');
        for (index, key) in keys.iter().enumerate() {
            asm = asm.text(key).int(index as u8);
        }
        asm.op(b'u')
    }

    /// Calls a global with texts.
    pub(crate) fn call(self, module: &str, name: &str, texts: &[&str]) -> Self {
        let mut asm = self.global(module, name).op(b'(');
        for text in texts {
            asm = asm.text(text);
        }
        asm.op(b't').reduce()
    }

    pub(crate) fn stop(self) -> Vec<u8> {
        self.op(b'.').0
    }

    /// What there is so far, without `STOP`.
    pub(crate) fn open(self) -> Vec<u8> {
        self.0
    }
}
