#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// An Ethernet frame as it was captured; base64 in a record.
package struct FrameBytes: Codable, Equatable, Sendable {
    package let bytes: [UInt8]

    /// An Ethernet header and the largest IP packet: no link of the laboratory carries more.
    package static let limit = 14 + 65_535

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard text.utf8.count <= (Self.limit + 2) / 3 * 4, let data = Data(base64Encoded: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no frame in base64")
        }
        bytes = Array(data)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Data(bytes).base64EncodedString())
    }
}
