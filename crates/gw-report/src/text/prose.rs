use anstyle::Style;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::clean;

/// The columns that text takes on a terminal.
pub(crate) fn columns(text: &str) -> usize {
    text.width()
}

/// What is written on: how wide it is, and whether it shows colours and links.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paper {
    pub(crate) width: usize,
    pub(crate) color: bool,
    pub(crate) links: bool,
}

/// Words in styles, to be wrapped.
#[derive(Debug, Clone, Default)]
pub(crate) struct Prose {
    words: Vec<Word>,
}

#[derive(Debug, Clone)]
struct Word {
    text: String,
    style: Style,
    link: Option<String>,
    /// Follows the word before without a space.
    glued: bool,
}

impl Prose {
    /// Text in the terminal's own colours.
    pub(crate) fn new(text: &str) -> Self {
        Self::default().say(text)
    }

    /// Adds words after a space.
    pub(crate) fn say(self, text: &str) -> Self {
        self.styled(text, Style::new())
    }

    /// Adds words in a style after a space.
    pub(crate) fn styled(mut self, text: &str, style: Style) -> Self {
        for text in clean(text).split(' ').filter(|word| !word.is_empty()) {
            self.words.push(Word {
                text: text.to_owned(),
                style,
                link: None,
                glued: false,
            });
        }
        self
    }

    /// Adds text right behind the last word.
    pub(crate) fn glue(mut self, text: &str) -> Self {
        let at = self.words.len();
        self = self.say(text);
        if let Some(word) = self.words.get_mut(at) {
            word.glued = true;
        }
        self
    }

    /// Adds one unbroken piece that leads somewhere.
    pub(crate) fn link(mut self, text: &str, style: Style, url: Option<String>) -> Self {
        self.words.push(Word {
            text: clean(text),
            style,
            link: url,
            glued: false,
        });
        self
    }

    /// Writes the words, the first line behind `first`, the others behind as many spaces.
    pub(crate) fn write(&self, out: &mut String, paper: &Paper, first: &str) {
        self.write_behind(out, paper, first, columns(first));
    }

    /// As [`Prose::write`], behind something with styles that takes `indent` columns.
    pub(crate) fn write_behind(&self, out: &mut String, paper: &Paper, shown: &str, indent: usize) {
        let room = paper.width.saturating_sub(indent).max(12);
        out.push_str(shown);
        let mut pen = Pen {
            out,
            paper,
            room,
            indent,
            used: 0,
            style: Style::new(),
            link: None,
        };
        let mut words = self.words.as_slice();
        while let Some((word, rest)) = words.split_first() {
            let glued = rest.iter().take_while(|next| next.glued).count();
            let (joined, later) = rest.split_at(glued);
            words = later;
            let whole = || std::iter::once(word).chain(joined);
            let width: usize = whole().map(|part| columns(&part.text)).sum();
            if pen.used > 0 {
                if pen.used + 1 + width > room {
                    pen.new_line();
                } else {
                    pen.space(word);
                }
            }
            for part in whole() {
                pen.write(part);
            }
        }
        pen.lift();
        trim_end(pen.out);
        pen.out.push('\n');
    }
}

/// Writes words on lines; a style stays on as long as it does not change.
struct Pen<'a> {
    out: &'a mut String,
    paper: &'a Paper,
    room: usize,
    indent: usize,
    /// The columns used on this line.
    used: usize,
    style: Style,
    link: Option<&'a str>,
}

impl<'a> Pen<'a> {
    /// Writes a word; one that is wider than a line is broken.
    fn write(&mut self, word: &'a Word) {
        self.take(word);
        for c in word.text.chars() {
            let width = c.width().unwrap_or(0);
            if self.used + width > self.room && self.used > 0 {
                self.new_line();
                self.take(word);
            }
            self.out.push(c);
            self.used += width;
        }
    }

    /// Separates the next word from the last one.
    fn space(&mut self, next: &Word) {
        if next.style != self.style || next.link.as_deref() != self.link {
            self.lift();
        }
        self.out.push(' ');
        self.used += 1;
    }

    fn new_line(&mut self) {
        self.lift();
        trim_end(self.out);
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', self.indent));
        self.used = 0;
    }

    /// Turns on a word's style and link.
    fn take(&mut self, word: &'a Word) {
        let link = word.link.as_deref().filter(|_| self.paper.links);
        if (word.style, link) == (self.style, self.link) {
            return;
        }
        self.lift();
        if let Some(url) = link {
            self.out.push_str(&format!("\u{1b}]8;;{url}\u{1b}\\"));
        }
        if self.paper.color {
            self.out.push_str(&word.style.render().to_string());
        }
        (self.style, self.link) = (word.style, link);
    }

    /// Turns off style and link.
    fn lift(&mut self) {
        if self.paper.color {
            self.out.push_str(&self.style.render_reset().to_string());
        }
        if self.link.is_some() {
            self.out.push_str("\u{1b}]8;;\u{1b}\\");
        }
        (self.style, self.link) = (Style::new(), None);
    }
}

fn trim_end(out: &mut String) {
    let length = out.trim_end_matches(' ').len();
    out.truncate(length);
}

#[cfg(test)]
mod tests {
    use super::*;
    use anstyle::AnsiColor;

    const PLAIN: Paper = Paper {
        width: 20,
        color: false,
        links: false,
    };

    fn written(prose: &Prose, paper: &Paper) -> String {
        let mut out = String::new();
        prose.write(&mut out, paper, "- ");
        out
    }

    #[test]
    fn wraps_at_words_and_breaks_what_is_too_long() {
        for (text, expected) in [
            ("short", "- short\n"),
            (
                "one two three four five six",
                "- one two three four\n  five six\n",
            ),
            ("", "-\n"),
            (
                "abcdefghijklmnopqrstuvwxyz",
                "- abcdefghijklmnopqr\n  stuvwxyz\n",
            ),
            (
                "漢字漢字漢字漢字漢字漢字",
                "- 漢字漢字漢字漢字漢\n  字漢字\n",
            ),
        ] {
            assert_eq!(written(&Prose::new(text), &PLAIN), expected);
        }
    }

    #[test]
    fn styles_and_links_take_no_room() {
        let paper = Paper {
            color: true,
            links: true,
            ..PLAIN
        };
        let prose = Prose::new("see")
            .link(
                "X-1",
                AnsiColor::Red.on_default(),
                Some("https://x/".to_owned()),
            )
            .glue(", then go on");
        assert_eq!(written(&prose, &PLAIN), "- see X-1, then go\n  on\n");
        let colored = written(&prose, &paper);
        assert!(
            colored
                .contains("\u{1b}]8;;https://x/\u{1b}\\\u{1b}[31mX-1\u{1b}[0m\u{1b}]8;;\u{1b}\\,")
        );
    }
}
