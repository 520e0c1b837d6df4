package import Acts
package import Linux
package import Tracing

/// The addresses of one laboratory, unlike those of any other that runs at the same time on this kernel.
///
/// Tracepoints name no namespace, so the address alone tells whose an event is. IPv4 comes from 240.0.0.0/4, which
/// nobody uses (RFC 1112, 4) and Linux treats as ordinary, so that neither the host's traffic nor another run's is
/// mistaken for ours: each run has a block of its own.
package struct Addressing: Sendable {
    /// A run's share of the address space.
    package struct Block: Sendable {
        fileprivate static let count = 1 << 15
        fileprivate let number: Int

        /// The block of a run, the same for the same seed.
        package init(seed: UInt64) {
            // Neighbouring process numbers and times must not land in neighbouring blocks only: SplitMix64 spreads.
            var generator = LossGenerator(seed: seed)
            number = Int(generator.next() * Double(Self.count))
        }

        /// The IPv4 addresses of all its laboratories.
        package var network: IPv4Network {
            IPv4Network(prefix: UInt32(240 << 24 | number * Addressing.capacity << 2), prefixLength: 4 + 15)
        }

        /// The laboratory of this run that an address belongs to; nil for addresses that are not ours.
        package func laboratory(of address: IPAddress) -> Int? {
            let bytes = address.bytes
            let place: Int
            if bytes.count == 4 {
                guard bytes[0] >= 240 else { return nil }
                place = bytes[..<4].reduce(0) { $0 << 8 | Int($1) } >> 2 & (1 << 26 - 1)
            } else {
                guard Array(bytes[..<4]) == Addressing.prefix6 else { return nil }
                place = bytes[4..<8].reduce(0) { $0 << 8 | Int($1) }
            }
            return place / Addressing.capacity == number ? place % Addressing.capacity : nil
        }
    }

    /// Laboratories of one run at the same time.
    package static let capacity = 1 << 11
    package static let prefixV4: UInt8 = 30
    package static let prefixV6: UInt8 = 64
    /// An arbitrary prefix of unique local addresses (RFC 4193): "tcp" and a mark.
    private static let prefix6: [UInt8] = [0xfd, 0x74, 0x63, 0x70]

    private let place: Int

    /// The addresses of a laboratory below `capacity`.
    package init(_ block: Block, laboratory number: Int) {
        place = block.number * Self.capacity + number % Self.capacity
    }

    package func v4(_ host: HostName) -> IPAddress {
        let value = 240 << 24 | place << 2 | (host == .a ? 1 : 2)
        return IPAddress(bytes: (0..<4).map { UInt8(value >> (24 - 8 * $0) & 0xff) })
    }

    package func v6(_ host: HostName) -> IPAddress {
        let middle = (0..<4).map { UInt8(place >> (24 - 8 * $0) & 0xff) }
        return IPAddress(bytes: Self.prefix6 + middle + Array(repeating: 0, count: 7) + [host == .a ? 1 : 2])
    }
}
