package import Record

/// Something that TCP never does, whatever a scenario is about.
package struct Invariant: Sendable {
    /// Stable, `topic.name`.
    package let id: String
    /// What holds, in one sentence.
    package let statement: String
    /// Where that is required.
    package let source: String
    /// The same, one by one: `RFC 9293 MUST-65`, `RFC 7323 2.2`.
    package var sources: [String] { source.split(separator: ",").map { String($0.drop { $0 == " " }) } }
    /// Whether one segment shows it, whatever became of others.
    package var isOfOneSegment: Bool { ["header", "options", "ip"].contains(id.prefix { $0 != "." }) }
    let look: @Sendable (Exchange) -> [Breach]

    init(
        _ id: String, _ statement: String, source: String, look: @escaping @Sendable (Exchange) -> [Breach]
    ) {
        self.id = id
        self.statement = statement
        self.source = source
        self.look = look
    }

    /// All of them.
    package static let all =
        headers + options + agreements + sequences + windows + timestamps + resets + transitions
}

/// One place where an invariant does not hold.
package struct Breach: Equatable, Sendable {
    /// Nanoseconds since the attempt began.
    package let at: Int64
    /// The segment or transition, and what is wrong with it.
    package let words: String
    /// What it looks like, where it looks like something known.
    let likeness: Likeness?

    /// Shapes of breaches that some kernels are known for.
    enum Likeness: String, Sendable {
        /// A FIN alone lies beyond the window, behind data that fills it.
        case finBeyondWindow
        /// The right edge moves back by what shifting the window loses.
        case minisockRounding
        /// The SYN echoes the timestamp that came last on these ports.
        case echoInSYN
    }

    init(at: Int64, _ words: String, like likeness: Likeness? = nil) {
        self.at = at
        self.words = words
        self.likeness = likeness
    }
}

/// An invariant that does not hold in an attempt.
package struct BrokenInvariant: Sendable {
    package let invariant: Invariant
    /// At least one, in order of time.
    package let breaches: [Breach]

    /// The first place, and how many others there are.
    package var words: String {
        guard let first = breaches.first else { return "" }
        return breaches.count == 1 ? first.words : "\(first.words), and \(breaches.count - 1) more"
    }
}

/// Looks over everything that crossed the wire and every transition of one attempt.
///
/// What the laboratory itself forged is not judged; what kernels made of it is, where it cannot be meant otherwise.
///
/// - Parameters:
///   - release: the kernel that the attempt ran on, for known exceptions.
///   - link: what joined the hosts, as `Finished` says it.
package func brokenInvariants(_ facts: [Event], link: String, release: String) -> [BrokenInvariant] {
    let exchange = Exchange(facts, link: link)
    return Invariant.all.compactMap { invariant in
        let breaches = invariant.look(exchange).filter { breach in
            !KnownException.all.contains { $0.covers(breach, of: invariant.id, on: release) }
        }
        return breaches.isEmpty ? nil : BrokenInvariant(invariant: invariant, breaches: breaches)
    }
}
