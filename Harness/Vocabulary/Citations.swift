internal import Documents
package import Record

// Where a claim stands, and how it fares. A citation without a standing is a pointer for who wants to read more.

extension Citation {
    /// A section of one of the articles, by the number in its file name.
    package static func document(_ number: String, _ section: String, _ standing: Standing = .holds) -> Citation {
        Citation(source: number, section: section, standing: standing)
    }

    /// A numbered requirement of RFC 9293: `.requirement("MUST-23", .refuted)`.
    ///
    /// - Parameters:
    ///   - part: the only part of it that the scenario shows.
    ///   - standings: how it fares where one of the scenario's variants is seen.
    package static func requirement(
        _ label: String, _ standing: Standing = .holds, only part: String? = nil,
        unless standings: [String: Standing]? = nil
    ) -> Citation {
        row(label, of: "RFC 9293", standing, part, standings)
    }

    /// A claim of a manual page by the page's own term: `.man("tcp", 7, "SIOCOUTQ", .refuted)`.
    package static func man(
        _ page: String, _ section: Int, _ term: String, _ standing: Standing = .holds, only part: String? = nil,
        unless standings: [String: Standing]? = nil
    ) -> Citation {
        row(term, of: "\(page)(\(section))", standing, part, standings)
    }

    /// What the kernel's own document says of a setting of TCP or of ports.
    package static func sysctl(
        _ name: String, _ standing: Standing = .holds, only part: String? = nil,
        unless standings: [String: Standing]? = nil
    ) -> Citation {
        row(name, of: "ip-sysctl", standing, part, standings)
    }

    /// A claim of another request for comments, by its section.
    package static func rfc(
        _ number: Int, _ section: String, _ standing: Standing, only part: String? = nil,
        unless standings: [String: Standing]? = nil
    ) -> Citation {
        row(section, of: "RFC \(number)", standing, part, standings)
    }

    /// A section of a request for comments, to be read beside the scenario.
    package static func rfc(_ number: Int, _ section: String) -> Citation {
        Citation(source: "RFC \(number)", section: section)
    }

    /// A function of the kernel's source.
    package static func kernel(_ file: String, _ function: String) -> Citation {
        Citation(source: "net/ipv4/\(file)", section: function)
    }

    /// A kernel commit.
    package static func commit(_ id: String, _ since: String) -> Citation {
        Citation(source: "commit \(id)", section: since)
    }

    private static func row(
        _ id: String, of document: String, _ standing: Standing, _ part: String?, _ standings: [String: Standing]?
    ) -> Citation {
        Citation(
            source: document, section: id, standing: standing, text: Document.row(id, of: document)?.text, part: part,
            standings: standings)
    }

    /// The same with what an article says, where that is not what Linux does.
    func saying(_ otherwise: String?) -> Citation {
        guard let otherwise, isArticle, standing == .differs || standing == .refuted else { return self }
        var citation = self
        citation.text = otherwise
        return citation
    }
}
