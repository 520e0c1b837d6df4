internal import Linux

/// What the kernel is to leave out before it writes an event, so that strangers' sockets do not fill our rings.
///
/// It only ever leaves out what cannot be ours. A filter compares numbers of one to eight bytes, which an IPv4 address
/// is, read as the processor reads it, and an IPv6 address is not: those all come through, and so does an address that
/// is not known yet; nor would 127.0.0.1 tell a host of ours from any other.
struct TraceFilter: Equatable {
    /// As the tracepoint's `filter` file takes it.
    let expression: String

    /// The filter for a tracepoint; nil where its fields do not allow one.
    init?(_ format: TracepointFormat, own network: IPv4Network) {
        // Before 5.17 the tcp group does not tell the family, and an IPv6 socket's IPv4 address means nothing.
        guard format.fields["family"] != nil, format.fields["saddr"]?.size == 4, format.fields["daddr"]?.size == 4
        else { return nil }
        let afInet6 = 10
        let loopback = UInt32(0x7f00_0001).bigEndian
        let ends = ["saddr", "daddr"].map { "(\(Self.belongs($0, to: network)))" }
        expression =
            (["family == \(afInet6)", "(saddr == 0 && daddr == 0)", "saddr == \(loopback)"] + ends)
            .joined(separator: " || ")
    }

    /// Every bit of the prefix, since a filter has no arithmetic but the test for one.
    private static func belongs(_ field: String, to network: IPv4Network) -> String {
        (0..<network.prefixLength).map { place in
            let bit = UInt32(0x8000_0000) >> UInt32(place)
            // The field is in network order, and read as the processor reads numbers.
            let test = "\(field) & 0x\(String(bit.bigEndian, radix: 16))"
            return network.prefix & bit != 0 ? test : "!(\(test))"
        }.joined(separator: " && ")
    }
}

/// A block of IPv4 addresses.
package struct IPv4Network: Equatable, Sendable {
    package let prefix: UInt32
    package let prefixLength: Int

    package init(prefix: UInt32, prefixLength: Int) {
        self.prefix = prefix
        self.prefixLength = prefixLength
    }
}
