internal import Record

/// Whose an address is, as far as the facts of an attempt tell.
struct AddressBook {
    /// The host of each address, without ports and brackets.
    private(set) var hosts: [String: String] = [:]
    /// Whether the record names them, as those of 0.2 do, which then also say of each segment whether it is of IPv6.
    let isTold: Bool

    /// Reads the hosts' own line; records that have none still have the addresses of their sockets.
    init(_ facts: [Event]) {
        for case .hosts(let fact) in facts {
            for address in fact.a { hosts[address] = "A" }
            for address in fact.b { hosts[address] = "B" }
        }
        isTold = !hosts.isEmpty
        if isTold { return }
        for fact in facts {
            switch fact {
            case .transition(let fact): learn(fact.host, fact.local, fact.remote)
            case .row(let fact): learn(fact.host, fact.local, fact.remote)
            default: break
            }
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

    private mutating func learn(_ host: String, _ local: String, _ remote: String) {
        if let address = Self.specific(local) { hosts[address] = host }
        // A socket may be connected to itself.
        if let address = Self.specific(remote), hosts[address] == nil { hosts[address] = host == "A" ? "B" : "A" }
    }

    /// The address of `address:port`, unless it stands for all.
    private static func specific(_ text: String) -> String? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let address = text[..<colon].filter { $0 != "[" && $0 != "]" }
        return ["0.0.0.0", "::", "", "::ffff:0.0.0.0"].contains(address) ? nil : address
    }
}
