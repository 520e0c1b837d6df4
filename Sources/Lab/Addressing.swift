package import Linux

/// The addresses of one laboratory, unlike those of any other that runs at the same time.
///
/// Tracepoints name no namespace, so the address alone tells whose an event is. IPv4 comes from 198.18.0.0/15, set
/// aside for benchmarking networks (RFC 2544), so that traffic of the host is never mistaken for ours.
package struct Addressing: Sendable {
    package static let capacity = 1 << 15

    package let number: Int

    /// The addresses of laboratory `number`, which wraps after `capacity`.
    package init(number: Int) { self.number = number % Self.capacity }

    package func v4(_ host: HostName) -> IPAddress {
        let value = number << 2 | (host == .a ? 1 : 2)
        return IPAddress(198, 18 + UInt8(value >> 16), UInt8(value >> 8 & 0xff), UInt8(value & 0xff))
    }

    package func v6(_ host: HostName) -> IPAddress {
        var bytes = [UInt8](repeating: 0, count: 16)
        bytes[..<4] = [0xfd, 0x74, 0x63, 0x70]
        bytes[4] = UInt8(number >> 8)
        bytes[5] = UInt8(number & 0xff)
        bytes[15] = host == .a ? 1 : 2
        return IPAddress(bytes: bytes)
    }

    package static let prefixV4: UInt8 = 30
    package static let prefixV6: UInt8 = 64

    /// The laboratory an address belongs to; nil for addresses that are not ours.
    package static func laboratory(of address: IPAddress) -> Int? {
        let bytes = address.bytes
        if bytes.count == 4 {
            guard bytes[0] == 198, bytes[1] & 0xfe == 18 else { return nil }
            return (Int(bytes[1] & 1) << 16 | Int(bytes[2]) << 8 | Int(bytes[3])) >> 2
        }
        guard bytes[..<4] == [0xfd, 0x74, 0x63, 0x70] else { return nil }
        return Int(bytes[4]) << 8 | Int(bytes[5])
    }
}
