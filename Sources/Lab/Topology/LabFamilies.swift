internal import Netlink

// The same steps over the other protocol.
extension Lab {
    /// Runs another scenario's steps as a chapter of this one, over IPv6 wherever they do not say which family.
    ///
    /// Its connections stay as they are afterwards, its listeners are closed, so that the next one finds the ports
    /// free.
    package func overIPv6(_ scenario: Scenario) throws {
        try chapter("\(scenario.id) over IPv6")
        prefersIPv6 = true
        defer { prefersIPv6 = false }
        try scenario.run(self)
        try closeListeners()
    }

    /// Closes every listener, so that what comes next finds the ports free.
    package func closeListeners() throws {
        for socket in sockets {
            if try row(socket)?.state == .LISTEN { try socket.close() }
        }
    }
}
