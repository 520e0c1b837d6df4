/// A text whose claims are held against kernels, as rows of data.
package struct Document: Sendable {
    /// As citations give it: `000`, `RFC 9293`, `tcp(7)`, `ip-sysctl`.
    package let name: String
    package let title: String
    /// The title in English, where the text is in another language.
    package let gloss: String?
    /// As BCP 47 has it.
    package let language: String
    /// When it was published, or which edition was read; nil where nothing says so.
    package let date: String?
    package let rows: [Row]

    init(
        _ name: String, _ title: String, gloss: String? = nil, language: String = "en", date: String? = nil,
        rows: [Row]
    ) {
        self.name = name
        self.title = title
        self.gloss = gloss
        self.language = language
        self.date = date
        self.rows = rows
    }

    /// A claim, or a section with all that it claims.
    package struct Row: Sendable {
        /// Unique in its document.
        package let id: String
        /// The section that has it, where the id does not say so.
        package let section: String?
        /// What is claimed, in our own words and in English.
        package let text: String
        /// Why no scenario asserts it and none will; nil where one does or is still to be written.
        package let omission: Omission?

        init(_ id: String, in section: String? = nil, _ text: String, _ omission: Omission? = nil) {
            self.id = id
            self.section = section
            self.text = text
            self.omission = omission
        }
    }

    /// Why a row is left out for good.
    package enum Omission: Sendable {
        /// No run can show it; why.
        case notTestable(String)
        /// Not what this harness is about: congestion control, recovery, offloads, other protocols.
        case outOfField

        package var words: String {
            switch self {
            case .notTestable(let reason): "not testable: \(reason)"
            case .outOfField: "out of field"
            }
        }
    }

    /// All of them, in the order in which they are shown.
    package static let all = articles + [rfc9293] + requestsForComments + manualPages + [ipSysctl]

    /// The row that a citation names; nil where there is none.
    package static func row(_ id: String, of name: String) -> Row? { index[name]?[id] }

    private static let index = Dictionary(
        uniqueKeysWithValues: all.map { document in
            (document.name, Dictionary(uniqueKeysWithValues: document.rows.map { ($0.id, $0) }))
        })
}
