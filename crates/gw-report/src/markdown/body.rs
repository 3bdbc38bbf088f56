/// Text with a limit in characters: what has no room is refused as a whole, so nothing is cut in
/// the middle of markup.
pub(super) struct Body {
    text: String,
    used: usize,
    /// How much may be used.
    most: usize,
}

/// Room for a sentence that says how much was left out.
const SPARE: usize = 200;

impl Body {
    pub(super) fn new(most: usize) -> Self {
        Self {
            text: String::new(),
            used: 0,
            // Two tables may each say that they were cut.
            most: most.saturating_sub(3 * SPARE),
        }
    }

    /// Keeps room for what ends the text.
    pub(super) fn reserve(&mut self, end: &str) {
        self.most = self.most.saturating_sub(end.chars().count());
    }

    /// Appends a piece if there is room for it.
    pub(super) fn push(&mut self, piece: &str) -> bool {
        let length = piece.chars().count();
        let fits = self.used + length <= self.most;
        if fits {
            self.append(piece, length);
        }
        fits
    }

    /// Appends a sentence of at most 200 characters, for which there always is room.
    pub(super) fn push_reserved(&mut self, piece: &str) {
        let length = piece.chars().count();
        if length <= SPARE {
            self.most += length;
            self.append(piece, length);
        }
    }

    /// Begins something that has to be ended, if there is room for both.
    pub(super) fn open(&mut self, begin: &str, end: &str) -> bool {
        let length = end.chars().count();
        if self.used + begin.chars().count() + length > self.most {
            return false;
        }
        self.push(begin);
        self.most = self.most.saturating_sub(length);
        true
    }

    /// Ends it.
    pub(super) fn close(&mut self, end: &str) {
        let length = end.chars().count();
        self.most += length;
        self.append(end, length);
    }

    /// The whole text, with its reserved end.
    pub(super) fn finish(mut self, end: &str) -> String {
        self.text.push_str(end);
        self.text
    }

    fn append(&mut self, piece: &str, length: usize) {
        self.text.push_str(piece);
        self.used += length;
    }
}
