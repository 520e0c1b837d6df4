import Pages
import Testing

/// What is interpolated into HTML.
@Suite struct MarkupTests {
    @Test(
        arguments: [
            ("plain – ünïcödé", "plain – ünïcödé"), ("", ""),
            ("<a href=\"x\">&'</a>", "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;"),
            // Swift sees a bracket and a combining mark as one character; a browser sees the bracket.
            ("<\u{301}script>\u{200d}", "&lt;\u{301}script&gt;\u{200d}"), ("&amp;", "&amp;amp;"), ("\r\n", "\r\n"),
        ]) func textIsEscaped(_ text: String, _ escaped: String)
    {
        let html: HTML = "<p title=\"\(text)\">\(text[...])</p>"
        #expect(html.text == "<p title=\"\(escaped)\">\(escaped)</p>")
    }

    @Test func markupIsNotEscapedAgain() {
        let item: HTML = "<b>\("<")</b>"
        let none: HTML? = nil
        let html: HTML = "\(item)\(none)\([item, item])\(Optional(item))|\(7)|\(0.5)|\(verbatim: "a < b")"
        let text = "<b>&lt;</b>"
        #expect(html.text == "\(text)\(text)\(text)\(text)|7|0.5|a < b")
    }

    /// A missing value has no markup around it, and one that is there is escaped.
    @Test func markupOfWhatMayBeMissing() {
        func html(_ note: String?) -> HTML { "<td>\(note.map { "<i>\($0)</i>" })</td>" }
        #expect(html(nil).text == "<td></td>")
        #expect(html("<").text == "<td><i>&lt;</i></td>")
    }
}
