internal import CMnl
package import Linux

/// One end of a veth pair that is to be made.
package struct LinkEnd: Hashable, Sendable {
    package var name: String
    /// The interface index; nil for one that is free, which only the kernel knows.
    package var index: Int32?
    package var mac: MACAddress
    package var mtu: UInt32

    package init(name: String, index: Int32? = nil, mac: MACAddress, mtu: UInt32 = 1500) {
        self.name = name
        self.index = index
        self.mac = mac
        self.mtu = mtu
    }
}

/// One change to a namespace's links, addresses, neighbours, routes or queueing disciplines.
package struct RouteRequest: Hashable, Sendable {
    package let message: NetlinkMessage

    /// Makes a veth pair: one end here, the other directly in another namespace.
    ///
    /// Neither end is up. IFF_UP at creation gives ENOTCONN, since veth_open() of drivers/net/veth.c looks for a peer
    /// that is not yet there.
    package static func veth(_ end: LinkEnd, peer: LinkEnd, in peerNamespace: NetworkNamespace) -> RouteRequest {
        veth(end, peer: peer, namespaceDescriptor: peerNamespace.descriptor)
    }

    static func veth(_ end: LinkEnd, peer: LinkEnd, namespaceDescriptor: Int32) -> RouteRequest {
        var message = NetlinkMessage(
            "add veth \(end.name) with peer \(peer.name)", type: Int(RTM_NEWLINK), flags: NLM_F_CREATE | NLM_F_EXCL)
        message.put(end)
        message.nest(Int(IFLA_LINKINFO)) { message in
            message.put(Int(IFLA_INFO_KIND), Array("veth".utf8))
            message.nest(Int(IFLA_INFO_DATA)) { message in
                message.nest(Int(VETH_INFO_PEER)) { message in
                    message.put(peer)
                    message.put(Int(IFLA_NET_NS_FD), namespaceDescriptor)
                }
            }
        }
        return RouteRequest(message: message)
    }

    /// Sets a link up.
    package static func linkUp(_ index: Int32) -> RouteRequest {
        var message = NetlinkMessage("set interface \(index) up", type: Int(RTM_NEWLINK))
        var header = ifinfomsg(index: index)
        header.ifi_flags = UInt32(IFF_UP.rawValue)
        header.ifi_change = UInt32(IFF_UP.rawValue)
        message.put(header: header)
        return RouteRequest(message: message)
    }

    /// Deletes a link; of a veth pair both ends go.
    package static func deleteLink(_ index: Int32) -> RouteRequest {
        var message = NetlinkMessage("delete interface \(index)", type: Int(RTM_DELLINK))
        message.put(header: ifinfomsg(index: index))
        return RouteRequest(message: message)
    }

    /// Gives another namespace an identifier in this one, which the kernel takes back when that namespace is gone.
    package static func identify(_ namespace: NetworkNamespace, as identifier: Int32) -> RouteRequest {
        var message = NetlinkMessage("call a namespace \(identifier)", type: Int(RTM_NEWNSID))
        message.put(header: rtgenmsg())
        message.put(Int(NETNSA_NSID), identifier)
        message.put(Int(NETNSA_FD), namespace.descriptor)
        return RouteRequest(message: message)
    }

    /// Gives a link an address; an IPv6 address is usable at once, without duplicate address detection.
    package static func address(_ address: IPAddress, prefixLength: UInt8, on index: Int32) -> RouteRequest {
        var message = NetlinkMessage(
            "add \(address)/\(prefixLength) to interface \(index)", type: Int(RTM_NEWADDR),
            flags: NLM_F_CREATE | NLM_F_EXCL)
        var header = ifaddrmsg()
        header.ifa_family = UInt8(address.family)
        header.ifa_prefixlen = prefixLength
        header.ifa_flags = address.isV6 ? UInt8(IFA_F_NODAD) : 0
        header.ifa_index = UInt32(index)
        message.put(header: header)
        message.put(Int(IFA_LOCAL), address.bytes)
        message.put(Int(IFA_ADDRESS), address.bytes)
        return RouteRequest(message: message)
    }

    /// Makes a neighbour known for good, so that neither ARP nor neighbour discovery appears on the wire.
    package static func neighbour(_ address: IPAddress, _ mac: MACAddress, on index: Int32) -> RouteRequest {
        var message = NetlinkMessage(
            "add neighbour \(address) to interface \(index)", type: Int(RTM_NEWNEIGH),
            flags: NLM_F_CREATE | NLM_F_REPLACE)
        var header = ndmsg()
        header.ndm_family = UInt8(address.family)
        header.ndm_ifindex = index
        header.ndm_state = UInt16(NUD_PERMANENT)
        message.put(header: header)
        message.put(Int(NDA_DST), address.bytes)
        message.put(Int(NDA_LLADDR), mac.bytes)
        return RouteRequest(message: message)
    }

    /// Sends what is addressed to a prefix out of a link, whose neighbours it names directly (no gateway).
    package static func route(to prefix: IPAddress, prefixLength: UInt8, via index: Int32) -> RouteRequest {
        var message = NetlinkMessage(
            "add route to \(prefix)/\(prefixLength) through interface \(index)", type: Int(RTM_NEWROUTE),
            flags: NLM_F_CREATE | NLM_F_EXCL)
        var header = rtmsg()
        header.rtm_family = UInt8(prefix.family)
        header.rtm_dst_len = prefixLength
        header.rtm_table = UInt8(RT_TABLE_MAIN.rawValue)
        header.rtm_protocol = UInt8(RTPROT_BOOT)
        header.rtm_scope = UInt8((prefix.isV6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK).rawValue)
        header.rtm_type = UInt8(RTN_UNICAST)
        message.put(header: header)
        message.put(Int(RTA_DST.rawValue), prefix.bytes)
        message.put(Int(RTA_OIF.rawValue), index)
        return RouteRequest(message: message)
    }

    /// Makes netem the root qdisc of a link, or changes the netem that is there.
    ///
    /// Without sch_netem the kernel answers `ENOENT`. A kernel before 6.6 passes over a seed without a word:
    /// read the qdisc back (`RouteSocket.rootQdisc`) where it matters.
    package static func netem(_ netem: Netem, on index: Int32) -> RouteRequest {
        var message = NetlinkMessage(
            "set netem on interface \(index)", type: Int(RTM_NEWQDISC), flags: NLM_F_CREATE | NLM_F_REPLACE)
        var header = tcmsg()
        header.tcm_ifindex = index
        header.tcm_parent = Qdisc.root
        message.put(header: header)
        message.put(Int(TCA_KIND), Netem.kind)
        message.nest(Int(TCA_OPTIONS)) { netem.append(to: &$0) }
        return RouteRequest(message: message)
    }
}

extension NetlinkMessage {
    /// An interface header with the attributes of one veth end.
    fileprivate mutating func put(_ end: LinkEnd) {
        put(header: ifinfomsg(index: end.index ?? 0))
        put(Int(IFLA_ADDRESS), end.mac.bytes)
        put(Int(IFLA_MTU), end.mtu)
        put(Int(IFLA_IFNAME), end.name)
    }
}

extension ifinfomsg {
    init(index: Int32) {
        self.init()
        ifi_index = index
    }
}
