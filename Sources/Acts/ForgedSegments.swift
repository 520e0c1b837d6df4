package import Packets

// Segments that no kernel makes, as acts hold them.

/// A segment that no kernel makes, by what it is to be like.
package struct Forged: Codable, Sendable {
    package var source: Endpoint
    package var destination: Endpoint
    package var flags: TCPFlags
    package var sequence: SequenceNumber
    package var acknowledgement: SequenceNumber?
    package var mss: UInt16?
    package var payload: String

    package init(
        source: Endpoint, destination: Endpoint, flags: TCPFlags, sequence: SequenceNumber,
        acknowledgement: SequenceNumber?, mss: UInt16?, payload: String
    ) {
        self.source = source
        self.destination = destination
        self.flags = flags
        self.sequence = sequence
        self.acknowledgement = acknowledgement
        self.mss = mss
        self.payload = payload
    }
}

/// What a socket might have sent next.
package struct Imitation: Codable, Sendable {
    package var socket: String
    package var flags: TCPFlags
    package var sequence: Int
    package var acknowledgement: Int
    package var payload: String
    package var echo: Int?

    package init(
        socket: String, flags: TCPFlags, sequence: Int, acknowledgement: Int, payload: String, echo: Int?
    ) {
        self.socket = socket
        self.flags = flags
        self.sequence = sequence
        self.acknowledgement = acknowledgement
        self.payload = payload
        self.echo = echo
    }
}

/// A number of TCP's, itself or by a segment that was seen.
package enum SequenceNumber: Codable, Sendable, ExpressibleByIntegerLiteral {
    case absolute(UInt32)
    /// What a segment begins with.
    case beginOf(String, plus: Int = 0)
    /// What comes after a segment.
    case endOf(String, plus: Int = 0)
    /// What a segment acknowledges.
    case acknowledgedBy(String, plus: Int = 0)

    package init(integerLiteral value: UInt32) { self = .absolute(value) }
}

/// A timestamp of TCP's (RFC 7323), by a segment that was seen.
package struct Timestamp: Codable, Sendable {
    /// The segment whose own timestamp it is.
    package var segment: String
    /// How much later.
    package var plus: Int

    package init(of segment: String, plus: Int = 0) {
        self.segment = segment
        self.plus = plus
    }
}

/// How a forged segment differs from the one that was seen; nil is as it was.
package struct Changes: Codable, Sendable {
    package var flags: TCPFlags?
    package var sequence: SequenceNumber?
    package var timestamp: Timestamp?
    package var payload: String?

    package init(flags: TCPFlags?, sequence: SequenceNumber?, timestamp: Timestamp?, payload: String?) {
        self.flags = flags
        self.sequence = sequence
        self.timestamp = timestamp
        self.payload = payload
    }
}
