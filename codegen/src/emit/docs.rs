//! A document's descriptions as documentation comments: CommonMark that rustdoc and clippy accept whatever it says.
//! Code is never a doctest, text is never HTML or a link to an item, list items keep their lines together.

/// The lines of a comment, without leading or trailing empty ones.
pub(super) fn lines(text: &str) -> Vec<String> {
    let mut out = Writer::default();
    for line in
        text.replace("\r\n", "\n").split(['\n', '\r', '\u{2028}', '\u{2029}', '\u{85}', '\u{b}', '\u{c}'])
    {
        out.line(&clean(line));
    }
    out.finish()
}

/// Without control characters, and without those that change the direction of text, which compilers refuse.
fn clean(line: &str) -> String {
    let hidden = |c: char| {
        c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    line.replace('\t', "    ").chars().filter(|c| !hidden(*c)).collect::<String>().trim_end().to_owned()
}

#[derive(Default)]
struct Writer {
    lines: Vec<String>,
    /// The fence that ends the code block that is open.
    fence: Option<String>,
    /// The levels of the list that is open: the indentation of the source, and the column of the text.
    list: Vec<(usize, usize)>,
    quote: bool,
}

impl Writer {
    fn line(&mut self, line: &str) {
        let trimmed = line.trim_start();
        if let Some(fence) = &self.fence {
            if trimmed.starts_with(fence.as_str()) && trimmed.chars().all(|c| fence.starts_with(c)) {
                self.lines.push(fence.clone());
                self.fence = None;
            } else {
                self.lines.push(line.to_owned());
            }
            return;
        }
        if trimmed.is_empty() {
            self.quote = false;
            self.lines.push(String::new());
            return;
        }
        if let Some(fence) = fence(trimmed) {
            self.list.clear();
            self.blank();
            self.lines.push(format!("{fence}text"));
            self.fence = Some(fence);
            return;
        }
        let indent = line.len() - trimmed.len();
        if let Some((marker, text)) = item(trimmed) {
            self.item(indent, marker, text);
        } else if let Some(text) = trimmed.strip_prefix('>') {
            self.list.clear();
            self.quote = true;
            self.lines.push(format!("> {}", escape(text.trim_start())));
        } else {
            self.text(indent, trimmed);
        }
    }

    fn item(&mut self, indent: usize, marker: &str, text: &str) {
        if self.lines.last().is_some_and(String::is_empty) && self.list.is_empty() {
            self.list.clear();
        } else if self.list.is_empty() {
            // A list that follows text at once would be read as more of the text.
            self.blank();
        }
        while self.list.last().is_some_and(|(source, _)| *source >= indent) {
            self.list.pop();
        }
        let column = self.list.last().map_or(0, |(_, text)| *text);
        self.list.push((indent, column + marker.len() + 1));
        self.lines.push(format!("{}{marker} {}", " ".repeat(column), escape(text)));
    }

    fn text(&mut self, indent: usize, text: &str) {
        let after_blank = self.lines.last().is_none_or(String::is_empty);
        if after_blank {
            // A paragraph after a list belongs to the item only if it is indented.
            while self.list.last().is_some_and(|(source, _)| *source >= indent) {
                self.list.pop();
            }
        }
        let column = self.list.last().map_or(0, |(_, text)| *text);
        let quote = if self.quote && !after_blank { "> " } else { "" };
        let text = escape(text);
        // A line of dashes or equals signs would make a heading of the line above.
        let rule = text.len() > 1 && (text.bytes().all(|b| b == b'-') || text.bytes().all(|b| b == b'='));
        let guard = if rule { "\\" } else { "" };
        self.lines.push(format!("{}{quote}{guard}{text}", " ".repeat(column)));
    }

    fn blank(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    fn finish(mut self) -> Vec<String> {
        if let Some(fence) = self.fence.take() {
            self.lines.push(fence);
        }
        while self.lines.last().is_some_and(String::is_empty) {
            self.lines.pop();
        }
        let start = self.lines.iter().position(|line| !line.is_empty()).unwrap_or(0);
        let mut lines = self.lines.split_off(start);
        lines.dedup_by(|one, other| one.is_empty() && other.is_empty());
        lines
    }
}

/// The fence that a line opens.
fn fence(line: &str) -> Option<String> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.chars().take_while(|c| *c == mark).count();
    let info_has_mark = line[length..].contains('`') && mark == '`';
    (length >= 3 && !info_has_mark).then(|| mark.to_string().repeat(length))
}

/// The marker and the text of a list item.
fn item(line: &str) -> Option<(&str, &str)> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let end = match line.as_bytes().get(digits) {
        Some(b'.' | b')') if (1..=3).contains(&digits) => digits + 1,
        Some(b'-' | b'*' | b'+') if digits == 0 => 1,
        _ => return None,
    };
    let text = line.get(end..)?.strip_prefix(' ')?.trim_start();
    // A star before more stars is emphasis or a rule.
    (!text.is_empty()).then_some((&line[..end], text))
}

/// A line of text with everything escaped that rustdoc would take for HTML, a link to an item or a bare URL.
fn escape(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '`' => code_span(rest, &mut out),
            '[' => link(rest, &mut out),
            'h' if starts_word(&out) => url(rest, &mut out),
            '<' => angle(rest, &mut out),
            '\\' => {
                // A backslash that escapes nothing shows; one that escapes does what it did.
                let next = rest[1..].chars().next();
                if let Some(next) = next.filter(char::is_ascii_punctuation) {
                    out.push('\\');
                    out.push(next);
                    2
                } else {
                    out.push_str("\\\\");
                    1
                }
            }
            _ => 0,
        };
        if taken > 0 {
            rest = &rest[taken..];
            continue;
        }
        if matches!(c, '[' | ']' | '<' | '`') {
            out.push('\\');
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}

fn starts_word(out: &str) -> bool {
    !out.ends_with(|c: char| c.is_alphanumeric())
}

/// A code span that ends on its line.
fn code_span(rest: &str, out: &mut String) -> usize {
    let ticks = rest.bytes().take_while(|b| *b == b'`').count();
    let mark = &rest[..ticks];
    let mut at = ticks;
    while let Some(found) = rest[at..].find(mark) {
        let start = at + found;
        let run = rest[start..].bytes().take_while(|b| *b == b'`').count();
        if run == ticks {
            out.push_str(&rest[..start + ticks]);
            return start + ticks;
        }
        at = start + run;
    }
    out.extend(std::iter::repeat_n("\\`", ticks));
    ticks
}

/// `[text](https://…)`.
fn link(rest: &str, out: &mut String) -> usize {
    let Some(close) = rest.find("](") else { return 0 };
    let text = &rest[1..close];
    let target = &rest[close + 2..];
    let Some(end) = target.find(')') else { return 0 };
    let target = &target[..end];
    let is_web =
        target.starts_with("https://") || target.starts_with("http://") || target.starts_with("mailto:");
    let odd = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '(' | '"' | '\\' | '`' | '[')
    };
    if !is_web
        || target.contains(odd)
        || text.contains(['[', ']', '`', '<', '>', '\\'])
        || text.trim().is_empty()
    {
        return 0;
    }
    if text.contains("://") {
        // The text of the link is a URL itself; one link is enough.
        out.push('<');
        out.push_str(target);
        out.push('>');
    } else {
        out.push_str(&rest[..close + 2]);
        out.push_str(target);
        out.push(')');
    }
    close + 2 + end + 1
}

/// A bare URL, put between angle brackets.
fn url(rest: &str, out: &mut String) -> usize {
    if !(rest.starts_with("https://") || rest.starts_with("http://")) {
        return 0;
    }
    let end = rest.find(|c: char| {
        !c.is_ascii_graphic()
            || matches!(c, '<' | '>' | '"' | '`' | '[' | ']' | '{' | '}' | '|' | '\\' | '^' | '*')
    });
    let url = &rest[..end.unwrap_or(rest.len())];
    let url = url.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'']);
    if url.len() <= "https://".len() {
        return 0;
    }
    out.push('<');
    out.push_str(url);
    out.push('>');
    url.len()
}

/// `<https://…>` is a link already.
fn angle(rest: &str, out: &mut String) -> usize {
    let Some(end) = rest.find('>') else { return 0 };
    let inside = &rest[1..end];
    let is_link = (inside.starts_with("https://") || inside.starts_with("http://"))
        && inside.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '`' | '{' | '}'));
    if !is_link {
        return 0;
    }
    out.push_str(&rest[..=end]);
    end + 1
}

#[cfg(test)]
mod tests {
    use super::{escape, lines};

    #[test]
    fn text_is_never_html_or_an_item() {
        assert_eq!(escape("a <b> [Pet] `<c>`"), "a \\<b> \\[Pet\\] `<c>`");
        assert_eq!(escape("an odd ` tick"), "an odd \\` tick");
        assert_eq!(escape("[docs](https://a.b/c) [x](y)"), "[docs](https://a.b/c) \\[x\\](y)");
        assert_eq!(escape("see https://a.b/c."), "see <https://a.b/c>.");
        assert_eq!(escape("<https://a.b>"), "<https://a.b>");
    }

    #[test]
    fn code_is_never_a_doctest() {
        assert_eq!(lines("a\n```rust\nfn main() {}\n```\n"), ["a", "", "```text", "fn main() {}", "```"]);
        assert_eq!(lines("a\n\n    panic!()\n"), ["a", "", "panic!()"]);
        assert_eq!(lines("```\nopen"), ["```text", "open", "```"]);
    }

    #[test]
    fn list_items_keep_their_lines() {
        let text = "Kinds:\n- one\nmore\n  - two\n\nEnd";
        assert_eq!(lines(text), ["Kinds:", "", "- one", "  more", "  - two", "", "End"]);
    }

    #[test]
    fn hidden_characters_are_gone() {
        assert_eq!(lines("a\u{202e}b\u{0}\r\nc\td"), ["ab", "c    d"]);
    }
}
