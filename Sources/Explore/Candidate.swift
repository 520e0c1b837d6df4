internal import Acts
internal import Linux
package import Sequences

/// A sequence that exploration has made, as the lines of its text: what it starts from, then what is done.
package struct Candidate: Hashable, Sendable {
    /// Without those that every one has.
    package var lines: [String]

    package init(_ lines: [String]) { self.lines = lines }

    /// What every one says of resets: they are its subject, and no failure.
    private static let tolerance = "wire tolerates \"ANY>\" \"<ANY\""
    private static let headers: Set<Substring> = ["sysctl", "ipv6", "link", "pace"]

    private static func isHeader(_ line: String) -> Bool {
        headers.contains(line.prefix { $0 != " " })
    }

    /// The text of its file.
    ///
    /// - Parameter comments: lines for the reader, which come first.
    package func text(id: String, claim: String? = nil, comments: [String] = []) -> String {
        (comments.map { "# \($0)" } + whole(id: id, claim: claim).map(\.text)).map { $0 + "\n" }.joined()
    }

    /// The sequence as whoever runs it reads it.
    package func sequence(id: String) throws(SequenceError) -> TextSequence {
        try TextSequence(reading: text(id: id), file: "\(id).tcp")
    }

    /// Without the lines that cannot be read where they stand: those that speak of what no line before has made known.
    package var readable: Candidate {
        var candidate = self
        while true {
            do {
                _ = try candidate.sequence(id: "candidate")
                return candidate
            } catch {
                let whole = candidate.whole(id: "candidate", claim: nil)
                guard whole.indices.contains(error.line - 1), let place = whole[error.line - 1].place else {
                    return Candidate([])
                }
                candidate.lines.remove(at: place)
            }
        }
    }

    /// All lines, with the place in `lines` of those that are there.
    private func whole(id: String, claim: String?) -> [(text: String, place: Int?)] {
        let numbered = lines.enumerated().map { (text: $0.element, place: Int?.some($0.offset)) }
        let headers = numbered.filter { Self.isHeader($0.text) }
        let acts = numbered.filter { !Self.isHeader($0.text) }
        var first = ["id \(id)", "claim \(claim ?? "What \(id) records.")"]
        if waits > .zero { first.append("timer \(waits.written)") }
        return first.map { ($0, nil) } + headers + [(Self.tolerance, nil)] + acts
    }

    /// How long its waits take, which is how long it may.
    var waits: Duration {
        lines.compactMap { line in
            line.hasPrefix("wait ") ? Duration(written: String(line.dropFirst(5))) : nil
        }.reduce(.zero, +)
    }
}

extension Candidate {
    /// The same over IPv6.
    package var overIPv6: Candidate { Candidate(["ipv6", "over IPv6"] + lines) }

    /// The same with nothing of ours between the hosts.
    package var overDirectLink: Candidate { Candidate(["link direct"] + lines) }
}
