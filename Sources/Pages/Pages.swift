/// What all pages have in common, so that they look and work as one product.
package enum Pages {
    /// Defined before a page's own script: building elements, the theme, the sheet of keys.
    package static let script = text(PackageResources.frame_js)

    private static let style = text(PackageResources.style_css)
    /// Run before anything is drawn, lest a page flash in the other theme.
    private static let themeScript = """
        document.documentElement.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"
        """

    /// All before the body.
    package static func head(title: String) -> HTML {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title)</title>
        <script>\(verbatim: themeScript)</script>
        <style>
        \(verbatim: style)
        </style>
        </head>
        """
    }

    /// The buttons at the end of a page's head.
    package static let tools: HTML = """
        <div class="tools">\
        <button id="keys" type="button" aria-haspopup="dialog" title="Keys (?)">?<span class="sr"> keys</span></button>
        <button id="theme" type="button" title="Light or dark (t)">◐<span class="sr"> light or dark</span></button></div>
        """

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
