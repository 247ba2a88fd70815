//! Columns of numbers and texts as bytes, little-endian, each with its length before it: the form of derived files. One
//! writer and one reader side by side; the reader takes nothing for granted.

/// Columns as they are written.
#[derive(Debug, Default)]
pub(crate) struct ColumnWriter(pub(crate) Vec<u8>);

/// Columns as they are read: nothing where the bytes are not a column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ColumnReader<'a>(&'a [u8]);

impl ColumnWriter {
    pub(crate) fn number(&mut self, number: u64) {
        self.0.extend(number.to_le_bytes());
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend(bytes);
    }

    /// Items of `N` bytes each.
    pub(crate) fn items<const N: usize>(&mut self, items: impl ExactSizeIterator<Item = [u8; N]>) {
        self.number((items.len() * N) as u64);
        items.for_each(|item| self.0.extend(item));
    }

    pub(crate) fn numbers(&mut self, numbers: &[u32]) {
        self.items(numbers.iter().map(|number| number.to_le_bytes()));
    }

    pub(crate) fn texts<'t>(&mut self, texts: impl ExactSizeIterator<Item = &'t str>) {
        self.number(texts.len() as u64);
        texts.for_each(|text| self.bytes(text.as_bytes()));
    }
}

impl<'a> ColumnReader<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether nothing is left.
    pub(crate) fn is_at_end(self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn number(&mut self) -> Option<u64> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*number))
    }

    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(crate) fn items<const N: usize>(&mut self) -> Option<&'a [[u8; N]]> {
        let (items, rest) = self.bytes()?.as_chunks();
        rest.is_empty().then_some(items)
    }

    pub(crate) fn numbers(&mut self) -> Option<Vec<u32>> {
        Some(self.items()?.iter().map(|number| u32::from_le_bytes(*number)).collect())
    }

    pub(crate) fn texts(&mut self) -> Option<Vec<&'a str>> {
        let count = self.number()?;
        // A text has eight bytes at least: what says that there are more is not believed, nor room made for them.
        if count > self.0.len() as u64 / 8 {
            return None;
        }
        (0..count).map(|_text| std::str::from_utf8(self.bytes()?).ok()).collect()
    }
}
