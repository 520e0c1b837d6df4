internal import Record

/// Whose an address is, as an attempt tells of its hosts.
struct AddressBook {
    /// The host of each address, without ports and brackets.
    private(set) var hosts: [String: String] = [:]

    init(_ facts: [Event]) {
        for case .hosts(let fact) in facts {
            for address in fact.a { hosts[address] = "A" }
            for address in fact.b { hosts[address] = "B" }
        }
    }

    /// The address of a host in one family; nil when nothing names it.
    func address(of host: String, ipv6: Bool) -> String? {
        hosts.filter { $0.value == host && $0.key.contains(":") == ipv6 }.keys.min()
    }

    /// The text with `A` and `B` in the place of their addresses.
    func named(_ text: String) -> String {
        // The longest first: an address may begin another.
        hosts.keys.sorted { ($0.count, $0) > ($1.count, $1) }.reduce(text) { text, address in
            let name = hosts[address] ?? address
            return text.replacing("[\(address)]:", with: "\(name):").replacing(address, with: name)
        }
    }
}
