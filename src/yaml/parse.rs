//! The door to the YAML parser: its events become our tree, its quirks end here.

use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{
    Event, Options, Parser, ScalarStyle as Written, Span as Place, StructureStyle,
};

use super::respell::{self, OddLineBreak, Respelled, Respelling};
use super::tree::{
    CollectionStyle, Document, Entry, Node, NodeContent, NodeId, Properties, ScalarStyle,
};

/// Why a text is not YAML, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// Byte offset in the text that was parsed.
    pub offset: usize,
    /// The message of the parser, in one line.
    pub message: String,
}

/// Parses the first YAML document of `text`; whatever follows it is only noticed. Line breaks and comments are
/// those of go-yaml, Helm's reader.
pub fn parse(text: &str) -> Result<Document<'_>, ParseError> {
    let odd = respell::odd_line_breaks(text);
    if odd.is_empty() {
        return match read(text) {
            Err(error) if is_adjacent_comment(&error) => parse_respelled(text, Vec::new()),
            read => read,
        };
    }
    // A line break within quotes is content; what it is elsewhere decides what the rest of the text is.
    let (quoted, outside): (Vec<_>, Vec<_>) = match read(text) {
        Ok(document) => {
            let is_in_quotes = |place: &OddLineBreak| respell::is_in_quotes(&document, &place.1);
            odd.iter().cloned().partition(is_in_quotes)
        }
        Err(_) => (Vec::new(), odd.clone()),
    };
    let respelled = parse_respelled(text, line_breaks(&outside));
    let is_sure = quoted.is_empty()
        || respelled.as_ref().is_ok_and(|document| {
            let mut quoted = quoted.iter();
            quoted.all(|(_, range)| respell::is_in_quotes(document, range))
        });
    if is_sure {
        respelled
    } else {
        parse_respelled(text, line_breaks(&odd))
    }
}

fn line_breaks(places: &[OddLineBreak]) -> Vec<Respelling> {
    let ranges = places.iter().map(|(_, range)| range.clone());
    let line_break = |range| Respelling { range, with: "\n" };
    ranges.map(line_break).collect()
}

/// As many comments right after a quote or a bracket are read in one document: each costs the parser another
/// start.
const MOST_ADJACENT_COMMENTS: usize = 100;

/// Parses the text with these respellings, and a blank before each comment that lacks one.
fn parse_respelled(
    text: &str,
    mut respellings: Vec<Respelling>,
) -> Result<Document<'_>, ParseError> {
    let mut comments = 0;
    loop {
        let respelled = Respelled::new(text, &respellings);
        let mut error = match read(&respelled.text) {
            Ok(document) => return Ok(respelled.document(document)),
            Err(error) => error,
        };
        error.offset = respelled.written_at(error.offset);
        if !is_adjacent_comment(&error) || comments == MOST_ADJACENT_COMMENTS {
            return Err(error);
        }
        comments += 1;
        let blank = Respelling {
            range: error.offset..error.offset,
            with: " ",
        };
        let after = |known: &Respelling| known.range.start <= error.offset;
        respellings.insert(respellings.partition_point(after), blank);
    }
}

/// Whether the parser wants a blank before a comment, which go-yaml does not.
fn is_adjacent_comment(error: &ParseError) -> bool {
    error.message == "comments must be separated from other tokens by whitespace"
}

/// Reads a text as the parser itself does.
fn read(text: &str) -> Result<Document<'_>, ParseError> {
    let options = granit_parser::options! {
        emit_comments: false,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        block_scalar_eof_without_line_feed: true,
        bom_inside_document_as_content: true,
    };
    Builder::new(text).run(options)
}

/// An open collection.
struct OpenNode {
    id: NodeId,
    style: CollectionStyle,
    is_mapping: bool,
    /// How many entries or items were waiting when it was opened; those behind them are its own.
    start: usize,
    /// The key that waits for its value.
    key: Option<Entry>,
}

struct Builder<'t> {
    text: &'t str,
    nodes: Vec<Node<'t>>,
    stack: Vec<OpenNode>,
    /// What open mappings and open sequences hold so far, the innermost last. A collection gets its own
    /// when it ends, so that none is larger than what it holds.
    entries: Vec<Entry>,
    items: Vec<NodeId>,
    anchors: HashMap<usize, NodeId>,
    root: Option<NodeId>,
    /// Everything before this byte has been given to a node.
    cursor: usize,
    last: Option<NodeId>,
}

/// What a node takes of the text of an ordinary manifest, at the least: room that turns out too large is
/// given back, room that is too small is copied.
const BYTES_OF_A_NODE: usize = 10;

impl<'t> Builder<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            nodes: Vec::with_capacity(text.len() / BYTES_OF_A_NODE),
            stack: Vec::new(),
            entries: Vec::new(),
            items: Vec::new(),
            anchors: HashMap::new(),
            root: None,
            cursor: 0,
            last: None,
        }
    }

    fn run(mut self, options: Options) -> Result<Document<'t>, ParseError> {
        let mut trailing = None;
        let mut documents = 0;
        for next in Parser::new_from_str_with_options(self.text, options) {
            let (event, place) = next.map_err(|error| parse_error(&error))?;
            let range = place.byte_range().expect("a parser over text knows byte offsets");
            if matches!(event, Event::DocumentStart(..)) {
                documents += 1;
                if documents > 1 {
                    trailing = Some(range.start);
                    break;
                }
            }
            self.event(event, &place, range);
        }
        self.nodes.shrink_to_fit();
        Ok(Document {
            text: self.text,
            nodes: self.nodes,
            root: self.root,
            trailing,
        })
    }

    fn event(&mut self, event: Event<'t>, place: &Place, range: Range<usize>) {
        match event {
            Event::Scalar(text, written, anchor, tag) => {
                let column = place.indent;
                let (content, range) = self.scalar(text, written, range);
                let tag = tag.map(|tag| tag.to_string());
                let id = self.add(content, range, anchor, tag, column);
                self.close(id);
            }
            Event::MappingStart(written, anchor, tag) => {
                self.open(true, written, range, anchor, tag.map(|tag| tag.to_string()));
            }
            Event::SequenceStart(written, anchor, tag) => {
                self.open(
                    false,
                    written,
                    range,
                    anchor,
                    tag.map(|tag| tag.to_string()),
                );
            }
            Event::MappingEnd | Event::SequenceEnd => self.end(&range),
            Event::Alias(anchor) => {
                let target = self.anchors.get(&anchor).copied();
                if let Some(target) = target {
                    self.nodes[target.index()].is_aliased = true;
                }
                self.alias(target, range, place.indent);
            }
            Event::UnresolvedAlias(_) => self.alias(None, range, place.indent),
            Event::Anchor(..) => {
                let node = self.last.expect("an anchor event follows its node");
                let properties = &mut self.nodes[node.index()].properties;
                properties.get_or_insert_default().anchor = Some(range);
            }
            _ => {}
        }
    }

    fn alias(&mut self, target: Option<NodeId>, range: Range<usize>, column: Option<usize>) {
        self.before_node();
        let id = self.add(NodeContent::Alias(target), range, 0, None, column);
        self.close(id);
    }

    /// The scalar's content and its bytes as we want them: an absent node is after its colon, a
    /// block scalar begins at its indicator and ends at the start of a line (or of the rest of the file).
    fn scalar(
        &mut self,
        text: std::borrow::Cow<'t, str>,
        written: Written,
        range: Range<usize>,
    ) -> (NodeContent<'t>, Range<usize>) {
        self.before_node();
        match written {
            Written::Plain if range.is_empty() => (NodeContent::Absent, self.cursor..self.cursor),
            Written::Plain => (
                NodeContent::Scalar {
                    text,
                    style: ScalarStyle::Plain,
                },
                range,
            ),
            Written::SingleQuoted | Written::DoubleQuoted => (
                NodeContent::Scalar {
                    text,
                    style: ScalarStyle::Quoted,
                },
                range,
            ),
            Written::Literal | Written::Folded => {
                let start = self.skip_to_content(self.cursor);
                let end = self.block_scalar_end(start, range.end);
                (
                    NodeContent::Scalar {
                        text,
                        style: ScalarStyle::Block,
                    },
                    start..end,
                )
            }
        }
    }

    fn block_scalar_end(&self, start: usize, end: usize) -> usize {
        if end == self.text.len() {
            return end;
        }
        memchr::memrchr(b'\n', &self.text.as_bytes()[start..end]).map_or(end, |at| start + at + 1)
    }

    /// Moves the cursor after the dash of a block sequence's next item.
    fn before_node(&mut self) {
        let Some(frame) = self.stack.last() else {
            return;
        };
        if frame.is_mapping || frame.style != CollectionStyle::Block {
            return;
        }
        let at = self.skip_to_content(self.cursor);
        if self.text.as_bytes().get(at) != Some(&b'-') {
            return;
        }
        self.cursor = at + 1;
        if frame.start < self.items.len() {
            return;
        }
        let id = frame.id;
        let column_of_dash = self.column(at);
        let node = &mut self.nodes[id.index()];
        if let NodeContent::Sequence { column, .. } = &mut node.content {
            *column = column_of_dash;
            node.range.start = at;
        }
    }

    fn add(
        &mut self,
        content: NodeContent<'t>,
        range: Range<usize>,
        anchor: usize,
        tag: Option<String>,
        key_column: Option<usize>,
    ) -> NodeId {
        let id = NodeId::of(self.nodes.len());
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
        self.note_column(&range, key_column);
        let parent = self.stack.last().map(|frame| frame.id);
        self.nodes.push(Node {
            content,
            range,
            parent,
            is_aliased: false,
            properties: tag.map(|tag| {
                Box::new(Properties {
                    anchor: None,
                    tag: Some(tag),
                })
            }),
        });
        self.last = Some(id);
        id
    }

    /// A mapping's column is that of its first key, which the parser knows better than the key's text
    /// (`&a key:`).
    fn note_column(&mut self, key: &Range<usize>, key_column: Option<usize>) {
        let Some(frame) = self.stack.last() else {
            return;
        };
        let is_first = frame.key.is_none() && frame.start == self.entries.len();
        if !frame.is_mapping || !is_first || frame.style != CollectionStyle::Block {
            return;
        }
        let (id, key_column) = (
            frame.id,
            key_column.unwrap_or_else(|| self.column(key.start)),
        );
        let node = &mut self.nodes[id.index()];
        if let NodeContent::Mapping { column, .. } = &mut node.content {
            *column = key_column;
            node.range.start = key.start;
        }
    }

    fn open(
        &mut self,
        is_mapping: bool,
        written: StructureStyle,
        range: Range<usize>,
        anchor: usize,
        tag: Option<String>,
    ) {
        self.before_node();
        let style = match written {
            StructureStyle::Block => CollectionStyle::Block,
            StructureStyle::Flow if range.is_empty() => CollectionStyle::FlowPair,
            StructureStyle::Flow => CollectionStyle::Flow,
        };
        let content = if is_mapping {
            NodeContent::Mapping {
                style,
                column: 0,
                entries: Box::default(),
            }
        } else {
            NodeContent::Sequence {
                style,
                column: 0,
                items: Box::default(),
            }
        };
        if style == CollectionStyle::Flow {
            self.cursor = range.end;
        }
        let id = self.add(content, range, anchor, tag, None);
        let start = if is_mapping {
            self.entries.len()
        } else {
            self.items.len()
        };
        self.stack.push(OpenNode {
            id,
            style,
            is_mapping,
            start,
            key: None,
        });
    }

    fn end(&mut self, range: &Range<usize>) {
        let frame = self.stack.pop().expect("collections end after they start");
        let end = if frame.style == CollectionStyle::Flow {
            range.end
        } else {
            self.cursor
        };
        let node = &mut self.nodes[frame.id.index()];
        node.range.end = end.max(node.range.start);
        match &mut node.content {
            NodeContent::Mapping { entries, .. } => {
                *entries = self.entries.drain(frame.start..).collect();
            }
            NodeContent::Sequence { items, .. } => {
                *items = self.items.drain(frame.start..).collect();
            }
            _ => unreachable!("only collections are opened"),
        }
        self.close(frame.id);
    }

    /// Gives a finished node to its parent.
    fn close(&mut self, id: NodeId) {
        self.cursor = self.cursor.max(self.nodes[id.index()].range.end);
        let Some(frame) = self.stack.last_mut() else {
            self.root.get_or_insert(id);
            return;
        };
        if !frame.is_mapping {
            self.items.push(id);
        } else if let Some(mut entry) = frame.key.take() {
            entry.value = id;
            self.entries.push(entry);
        } else {
            self.key(id);
        }
    }

    /// Takes the colon into a key of a flow mapping that has no value after it (`{a:, b:}`): to go-yaml a colon
    /// ends a plain scalar only where a blank follows, so the key is `a:`.
    fn take_colon(&mut self, id: NodeId) {
        let is_flow = self.stack.last().is_some_and(|frame| frame.style == CollectionStyle::Flow);
        let node = &mut self.nodes[id.index()];
        let end = node.range.end;
        let rest = &self.text.as_bytes()[end..];
        if !is_flow || !matches!(rest, [b':', b',' | b'}' | b']', ..]) {
            return;
        }
        if let NodeContent::Scalar {
            text,
            style: ScalarStyle::Plain,
        } = &mut node.content
        {
            text.to_mut().push(':');
            node.range.end = end + 1;
            self.cursor = self.cursor.max(end + 1);
        }
    }

    /// Remembers a key and moves the cursor after its colon.
    fn key(&mut self, id: NodeId) {
        self.take_colon(id);
        let key_end = self.cursor;
        let at = self.skip_to_content(key_end);
        if self.text.as_bytes().get(at) == Some(&b':') {
            self.cursor = at + 1;
        }
        let start = self.nodes[id.index()].range.start;
        let explicit = self.text[..start].trim_end_matches([' ', '\t']).ends_with('?')
            || self.text.as_bytes().get(at) == Some(&b':') && self.text[key_end..at].contains('\n');
        let entry = Entry {
            key: id,
            colon_end: self.cursor,
            explicit,
            value: id,
        };
        self.stack.last_mut().expect("a key has a mapping").key = Some(entry);
    }

    /// The next byte that is neither blank, line break, comment, anchor nor tag.
    fn skip_to_content(&self, from: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = from;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => at += 1,
                b'#' => {
                    at = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end);
                }
                b'&' | b'!' => {
                    while bytes.get(at).is_some_and(|byte| !byte.is_ascii_whitespace()) {
                        at += 1;
                    }
                }
                0xEF if bytes[at..].starts_with("\u{feff}".as_bytes()) => at += 3,
                _ => break,
            }
        }
        at
    }

    /// Bytes from the start of the line, a byte order mark not counted.
    fn column(&self, at: usize) -> usize {
        let before = &self.text[..at];
        let line = memchr::memrchr(b'\n', before.as_bytes()).map_or(0, |newline| newline + 1);
        before[line..].trim_start_matches('\u{feff}').len()
    }
}

fn parse_error(error: &granit_parser::ScanError) -> ParseError {
    let message = match error.info().lines().next().unwrap_or_default() {
        "recursion limit exceeded" => "nested too deeply".to_owned(),
        message => message.to_owned(),
    };
    ParseError {
        offset: error.marker().byte_offset().unwrap_or(0),
        message,
    }
}
