import Testing

@testable import Netlink
import SockDiag

/// Bytes from pairs of hexadecimal digits; what follows a # in a line is a comment.
func hex(_ text: String) -> [UInt8] {
    text.split(separator: "\n").flatMap { $0.prefix { $0 != "#" }.split(separator: " ") }.map { UInt8($0, radix: 16)! }
}

/// The bytes as `hex` reads them, four to a word and eight words to a line, for failures that can be read.
func dump(_ bytes: [UInt8]) -> String {
    stride(from: 0, to: bytes.count, by: 32).map { line in
        bytes[line..<min(line + 32, bytes.count)].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
            .joined(separator: " ")
    }.joined(separator: "\n")
}

extension DiagRow {
    init(bytes: [UInt8]) throws { self = try bytes.withUnsafeBytes { try DiagRow($0) } }
}
