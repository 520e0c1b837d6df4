package import Linux
package import Packets
package import Tracing
package import SockDiag
package import Worker

/// Something that stands in an act by its symbol, as in the kernel's source: `FIN_WAIT1`, `EPIPE`, `SO_LINGER`.
package protocol Symbolic {
    var symbol: String { get }
    static func named(_ symbol: String) -> Self?
}

extension Symbolic {
    fileprivate init(symbolFrom decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        let symbol = try box.decode(String.self)
        guard let value = Self.named(symbol) else {
            throw DecodingError.dataCorruptedError(in: box, debugDescription: "\"\(symbol)\" is no \(Self.self)")
        }
        self = value
    }

    fileprivate func encodeSymbol(to encoder: any Encoder) throws {
        var box = encoder.singleValueContainer()
        try box.encode(symbol)
    }
}

extension TCPState: Symbolic, Codable {
    package init(from decoder: any Decoder) throws { try self.init(symbolFrom: decoder) }
    package func encode(to encoder: any Encoder) throws { try encodeSymbol(to: encoder) }
    package var symbol: String { description }
    package static func named(_ symbol: String) -> TCPState? { allCases.first { $0.symbol == symbol } }
}

extension DiagTimer: Symbolic, Codable {
    package init(from decoder: any Decoder) throws { try self.init(symbolFrom: decoder) }
    package func encode(to encoder: any Encoder) throws { try encodeSymbol(to: encoder) }
    package var symbol: String { "\(self)" }
    package static func named(_ symbol: String) -> DiagTimer? { allCases.first { $0.symbol == symbol } }
}

extension Errno: Symbolic, Codable {
    package init(from decoder: any Decoder) throws { try self.init(symbolFrom: decoder) }
    package func encode(to encoder: any Encoder) throws { try encodeSymbol(to: encoder) }
    package static func named(_ symbol: String) -> Errno? {
        (1...133).lazy.map(Errno.init(rawValue:)).first { $0.symbol == symbol }
    }
}

extension SocketOption: Symbolic, Codable {
    package init(from decoder: any Decoder) throws { try self.init(symbolFrom: decoder) }
    package func encode(to encoder: any Encoder) throws { try encodeSymbol(to: encoder) }
    package static func named(_ symbol: String) -> SocketOption? { all.first { $0.symbol == symbol } }
}

extension SegmentPattern: Symbolic, Codable {
    package init(from decoder: any Decoder) throws { try self.init(symbolFrom: decoder) }
    package func encode(to encoder: any Encoder) throws { try encodeSymbol(to: encoder) }
    package var symbol: String { description }
    package static func named(_ symbol: String) -> SegmentPattern? { try? SegmentPattern(parsing: symbol) }
}

extension Tracepoint: Symbolic, Codable {
    package init(from decoder: any Decoder) throws { try self.init(symbolFrom: decoder) }
    package func encode(to encoder: any Encoder) throws { try encodeSymbol(to: encoder) }
    package var symbol: String { event }
    package static func named(_ symbol: String) -> Tracepoint? { allCases.first { $0.event == symbol } }
}

extension MessageFlags: Symbolic, Codable {
    package init(from decoder: any Decoder) throws { try self.init(symbolFrom: decoder) }
    package func encode(to encoder: any Encoder) throws { try encodeSymbol(to: encoder) }
    package var symbol: String { symbols.joined(separator: "|") }
    package static func named(_ symbol: String) -> MessageFlags? {
        flags(symbol, [.MSG_PEEK, .MSG_DONTWAIT, .MSG_WAITALL, .MSG_NOSIGNAL], \.symbol)
    }
}

extension PollEvents: Symbolic, Codable {
    package init(from decoder: any Decoder) throws { try self.init(symbolFrom: decoder) }
    package func encode(to encoder: any Encoder) throws { try encodeSymbol(to: encoder) }
    package var symbol: String { isEmpty ? "" : description }
    package static func named(_ symbol: String) -> PollEvents? {
        flags(symbol, [.IN, .OUT, .ERR, .HUP, .RDHUP], \.symbol)
    }
}

extension TCPFlags: Symbolic, Codable {
    package init(from decoder: any Decoder) throws { try self.init(symbolFrom: decoder) }
    package func encode(to encoder: any Encoder) throws { try encodeSymbol(to: encoder) }
    private static let names: [(TCPFlags, String)] = [
        (.FIN, "FIN"), (.SYN, "SYN"), (.RST, "RST"), (.PSH, "PSH"), (.ACK, "ACK"), (.URG, "URG"), (.ECE, "ECE"),
        (.CWR, "CWR"),
    ]
    package var symbol: String { Self.names.filter { contains($0.0) }.map(\.1).joined(separator: "|") }
    package static func named(_ symbol: String) -> TCPFlags? { flags(symbol, names.map(\.0), \.symbol) }
}

/// The set that a text such as `MSG_PEEK|MSG_DONTWAIT` names; nil where a word of it is unknown.
private func flags<Flags: OptionSet>(
    _ text: String, _ known: [Flags], _ name: (Flags) -> String
) -> Flags? where Flags.Element == Flags {
    var flags: Flags = []
    for word in text.split(separator: "|") {
        guard let flag = known.first(where: { name($0) == word }) else { return nil }
        flags.insert(flag)
    }
    return flags
}

extension ShutdownHow: Symbolic, Codable {
    package init(from decoder: any Decoder) throws { try self.init(symbolFrom: decoder) }
    package func encode(to encoder: any Encoder) throws { try encodeSymbol(to: encoder) }
    package var symbol: String { "\(self)" }
    package static func named(_ symbol: String) -> ShutdownHow? {
        [.SHUT_RD, .SHUT_WR, .SHUT_RDWR].first { $0.symbol == symbol }
    }
}
extension SignalDisposition: Symbolic, Codable {
    package init(from decoder: any Decoder) throws { try self.init(symbolFrom: decoder) }
    package func encode(to encoder: any Encoder) throws { try encodeSymbol(to: encoder) }
    package var symbol: String { "\(self)" }
    package static func named(_ symbol: String) -> SignalDisposition? {
        [.standard, .ignored, .handled].first { $0.symbol == symbol }
    }
}

/// A signal, by its symbol.
package struct Signal: Hashable, Sendable, Symbolic, Codable {
    package let number: Int32

    package init(number: Int32) { self.number = number }
    package init(from decoder: any Decoder) throws { try self.init(symbolFrom: decoder) }
    package func encode(to encoder: any Encoder) throws { try encodeSymbol(to: encoder) }

    package static let SIGINT = Signal(number: 2)
    package static let SIGKILL = Signal(number: 9)
    package static let SIGUSR1 = Signal(number: 10)
    package static let SIGPIPE = Signal(number: 13)
    package static let SIGTERM = Signal(number: 15)
    package static let SIGCONT = Signal(number: 18)
    package static let SIGSTOP = Signal(number: 19)

    package var symbol: String { signalSymbol(number) }
    package static func named(_ symbol: String) -> Signal? {
        (1...64).lazy.map(Signal.init(number:)).first { $0.symbol == symbol }
    }
}

/// How a process ends.
package enum ProcessEnd: Codable, Hashable, Sendable {
    case exited(Int32)
    case killed(Signal)
}
