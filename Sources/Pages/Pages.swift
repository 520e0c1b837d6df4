/// What all pages have in common, so that they look and work as one product.
package enum Pages {
    package static let style = text(PackageResources.style_css)
    /// Defined before a page's own script: building elements, the theme, the sheet of keys.
    package static let script = text(PackageResources.frame_js)

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
