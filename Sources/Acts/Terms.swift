// The constants that acts speak of, named as the kernel and its manual pages name them.

/// Which of the two hosts.
package enum HostName: String, Codable, Sendable, Hashable {
    case a = "A"
    case b = "B"

    package var other: HostName { self == .a ? .b : .a }
}

/// The second argument of shutdown(2).
package enum ShutdownHow: Int32, Sendable {
    case SHUT_RD = 0
    case SHUT_WR = 1
    case SHUT_RDWR = 2
}

/// The bits of poll(2), which are those of epoll.
package struct PollEvents: OptionSet, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let IN = PollEvents(rawValue: 0x001)
    package static let OUT = PollEvents(rawValue: 0x004)
    package static let ERR = PollEvents(rawValue: 0x008)
    package static let HUP = PollEvents(rawValue: 0x010)
    package static let RDHUP = PollEvents(rawValue: 0x2000)

    package var description: String {
        let names = [(Self.IN, "IN"), (.OUT, "OUT"), (.ERR, "ERR"), (.HUP, "HUP"), (.RDHUP, "RDHUP")]
            .filter { contains($0.0) }.map(\.1)
        return names.isEmpty ? "nothing" : names.joined(separator: "|")
    }
}

/// What a rule of the wire does with the segments that it matches.
package enum RuleKind: Codable, Sendable {
    case hold, drop, allow, duplicate
    case delay(Duration)
}
