internal import CMnl
package import Linux

/// Links, addresses, neighbours, routes and queueing disciplines of one network namespace (rtnetlink(7)).
package final class RouteSocket {
    private let socket: NetlinkSocket

    /// Opens a socket in the calling thread's namespace. Throws the error of the failing call.
    package init() throws(SystemError) { socket = try NetlinkSocket(.route) }

    /// Carries out all requests in one system call, in order.
    ///
    /// Throws the error of the first that the kernel refused, naming it; the kernel carries out those behind it too.
    package func perform(_ requests: [RouteRequest]) throws(SystemError) {
        try socket.perform(requests.map(\.message))
    }

    /// The link with an index; nil when there is none. Throws the kernel's error.
    package func link(_ index: Int32) throws -> Link? {
        var message = NetlinkMessage("look up interface \(index)", type: Int(RTM_GETLINK))
        message.put(header: ifinfomsg(index: index))
        return try link(message)
    }

    /// The link with a name; nil when there is none. Throws the kernel's error.
    package func link(named name: String) throws -> Link? {
        var message = NetlinkMessage("look up interface \(name)", type: Int(RTM_GETLINK))
        message.put(header: ifinfomsg())
        message.put(Int(IFLA_IFNAME), name)
        return try link(message)
    }

    /// The index of the link with a name. Throws `ENODEV` when there is none, or the kernel's error.
    package func index(of name: String) throws -> Int32 {
        guard let link = try link(named: name) else { throw SystemError("look up interface \(name)", .ENODEV) }
        return link.index
    }

    /// Waits until a link sends frames (`Link.isOperational`) and the addresses given to it receive them.
    ///
    /// Call it for both ends once both are up. Both things happen in work queues of the kernel, for an IPv6 address even
    /// without duplicate address detection (addrconf_dad_start() of net/ipv6/addrconf.c), and a SYN that comes first
    /// is lost for a second. Throws `ETIMEDOUT` after twenty seconds, or the kernel's error.
    package func waitUntilReady(_ index: Int32, addresses: [IPAddress]) throws {
        let start = Instant.now
        let deadline = start + .seconds(20)
        while try link(index)?.isOperational != true || !addresses.allSatisfy(isLocal) {
            guard Instant.now < deadline else { throw SystemError("wait for interface \(index)", .ETIMEDOUT) }
            // Where the kernel lets the work wait for a second, as 5.10 does, thousands of looks would be most of what
            // a guest does.
            let pause = max(.microseconds(200), (.now - start) / 16)
            Polling.pause(pause)
        }
    }

    /// Whether the kernel takes packets to an address for its own, as its route to it tells.
    private func isLocal(_ address: IPAddress) throws -> Bool {
        var message = NetlinkMessage("look up the route to \(address)", type: Int(RTM_GETROUTE))
        var header = rtmsg()
        header.rtm_family = UInt8(address.family)
        header.rtm_dst_len = UInt8(address.bytes.count * 8)
        message.put(header: header)
        message.put(Int(RTA_DST.rawValue), address.bytes)
        do {
            let route = try socket.get(message) { $0.structure(rtmsg.self) }
            return route.map { Int($0.rtm_type) } == Int(RTN_LOCAL)
        } catch let error as SystemError where error.errno == .ENETUNREACH {
            return false
        }
    }

    /// What the kernel really has at the root of a link; nil when it has no such link. Throws the kernel's error.
    package func rootQdisc(of index: Int32) throws -> Qdisc? {
        var message = NetlinkMessage("list the qdiscs of interface \(index)", type: Int(RTM_GETQDISC))
        var header = tcmsg()
        header.tcm_ifindex = index
        message.put(header: header)
        // The kernel lists those of all interfaces, whatever the header says.
        return try socket.dump(message) { try Qdisc($0, rootOf: index) }.first
    }

    /// The identifiers of other namespaces in this one. Throws the kernel's error.
    package func namespaceIdentifiers() throws -> [Int32] {
        var message = NetlinkMessage("list the identifiers of namespaces", type: Int(RTM_GETNSID))
        message.put(header: rtgenmsg())
        return try socket.dump(message) { payload in
            NetlinkAttributes(payload, from: Self.genericHeader).first { $0.type == Int(NETNSA_NSID) }
                .flatMap { $0.payload.integer(Int32.self, at: 0) }
        }
    }

    /// One byte, and filled up to the alignment of attributes.
    private static let genericHeader = (MemoryLayout<rtgenmsg>.size + 3) & ~3

    private func link(_ message: NetlinkMessage) throws -> Link? {
        do {
            return try socket.get(message) { try Link($0) }
        } catch let error as SystemError where error.errno == .ENODEV {
            return nil
        }
    }
}

/// A network interface as the kernel describes it.
package struct Link: Hashable, Sendable {
    package let index: Int32
    package let name: String
    /// Nil for interfaces without an Ethernet address.
    package let mac: MACAddress?
    package let mtu: UInt32
    /// Set up by the administrator (IFF_UP).
    package let isUp: Bool
    /// Up and with a carrier (IFF_LOWER_UP): of a veth pair, both ends are up.
    package let hasCarrier: Bool
    /// Frames are sent rather than dropped (IF_OPER_UP).
    ///
    /// The end of a veth pair that was set up first gets its carrier later, and until the kernel's linkwatch work has run
    /// (net/core/link_watch.c) its noop qdisc drops every frame, which costs a SYN a second. Wait for this.
    package let isOperational: Bool

    /// Reads an RTM_NEWLINK. Throws `MalformedMessage`.
    init(_ payload: UnsafeRawBufferPointer) throws {
        guard let header = payload.structure(ifinfomsg.self) else {
            throw MalformedMessage("a link of \(payload.count) bytes")
        }
        var name: String?
        var mac: MACAddress?
        var mtu: UInt32?
        var operationalState: UInt8?
        for (type, payload) in NetlinkAttributes(payload, from: MemoryLayout<ifinfomsg>.size) {
            switch type {
            case Int(IFLA_IFNAME): name = payload.string
            case Int(IFLA_MTU): mtu = payload.integer(UInt32.self, at: 0)
            case Int(IFLA_OPERSTATE): operationalState = payload.first
            case Int(IFLA_ADDRESS) where payload.count == 6: mac = MACAddress(bytes: Array(payload))
            default: break
            }
        }
        guard let name, let mtu else { throw MalformedMessage("a link without name or MTU") }
        index = header.ifi_index
        self.name = name
        self.mac = mac
        self.mtu = mtu
        isUp = header.ifi_flags & UInt32(IFF_UP.rawValue) != 0
        hasCarrier = header.ifi_flags & UInt32(Self.lowerUp) != 0
        isOperational = operationalState == Self.operationallyUp
    }

    /// IF_OPER_UP of <linux/if.h>.
    private static let operationallyUp: UInt8 = 6
    /// IFF_LOWER_UP of <linux/if.h>, which cannot be included next to the C library's <net/if.h>.
    private static let lowerUp = 1 << 16
}
