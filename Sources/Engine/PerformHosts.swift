internal import Acts
internal import Lab
internal import Linux
internal import SockDiag
internal import Worker

// What is done on hosts and by processes.
extension Performer {
    func perform(_ act: ProcessAct, _ name: String, _ lab: Lab, _ at: SourceLocation) throws -> Int64 {
        if case .spawn(let hostName, let label) = act {
            let host = host(hostName, lab)
            processes[name] = label.isEmpty ? try host.process() : try host.spawn(label)
            return 0
        }
        let process = try process(name)
        switch act {
        case .spawn: break
        case .fork(let child): processes[child] = try process.fork(child)
        case .socket(let socket, let v6): sockets[socket] = try process.socket(socket, v6: v6)
        case .mptcpSocket(let socket):
            let answer = try process.ask(
                .socket(
                    family: IPAddress.anyV4.family, type: SocketSymbol.SOCK_STREAM, protocol: SocketSymbol.IPPROTO_MPTCP
                ))
            if let errno = answer.errno { try lab.skip("the kernel has no MPTCP (socket(): \(errno.symbol))") }
            sockets[socket] = try process.adopted(answer, as: socket)
        case .listen(let socket, let port, let backlog, let receiveBuffer, let reuseAddress, let v6):
            sockets[socket] = try process.listen(
                socket, port: port, backlog: backlog, v6: v6, receiveBuffer: receiveBuffer, reuseAddress: reuseAddress)
        case .connect(let count, let endpoint, let listener):
            let address = try address(endpoint, lab)
            for _ in 0..<count { try connect(process, to: address, try self.socket(listener), lab, at) }
        case .signal(let signal, let disposition): try process.setSignal(signal.number, disposition)
        case .kill(let signal): try process.kill(signal.number)
        case .call(let call, let outcome):
            let answer = try process.ask(request(call))
            try judge(answer, outcome, lab, at)
            return answer.result
        case .exit(let code): try process.exit(code)
        case .stop: try process.stop()
        case .resume: try process.resume()
        case .ends(let end): try lab.require(process, ends: end.status, file: at.file, line: at.line)
        }
        return 0
    }

    private func connect(
        _ process: WorkerProcess, to address: SocketAddress, _ listener: LabSocket, _ lab: Lab, _ at: SourceLocation
    ) throws {
        let made = try process.ask(
            .socket(family: address.ip.family, type: SocketSymbol.SOCK_STREAM, protocol: SocketSymbol.IPPROTO_TCP))
        try lab.require(
            try process.ask(.connect(Int32(made.result), address)), returns: 0, file: at.file, line: at.line)
        let accepted = try listener.ask(.accept)
        try lab.require(
            "\(listener.host.name.rawValue) accepts", file: at.file, line: at.line, seen: { accepted.words },
            until: { accepted.result >= 0 })
    }

    private func request(_ call: ProcessCall) -> Request {
        switch call {
        case .raise(let signal): .raise(signal.number)
        case .pipe: .pipe
        case .shutdown(let descriptor, let how): .shutdown(Int32(descriptor), how)
        }
    }

    func perform(_ act: HostAct, on host: LabHost, _ lab: Lab, _ at: SourceLocation) throws {
        let (file, line) = (at.file, at.line)
        switch act {
        case .set(let sysctl, let value): try host.set(sysctl: sysctl, to: value)
        case .addAddress(let text): try host.add(address: try ipAddress(text))
        case .counts(let deltas): try lab.expect(host, counts: deltas, file: file, line: line)
        case .tracesReset(let reason, let state):
            try lab.expect(host, tracesReset: reason, in: state, file: file, line: line)
        case .traces(let tracepoint, let count):
            try lab.expect(tracepoint, on: host, traced: count, file: file, line: line)
        case .tracesNoChild(let port): try lab.expectUntraced(childOn: host, port: port, file: file, line: line)
        case .hasRows(let count, let row, let name):
            let end = try name.map { try known(try socket($0).local, $0) }
            let rows = try host.rows().filter { one in
                one.shownState == row.state && (row.kind.map { $0 == one.kind } ?? true)
                    && (row.timer.map { $0 == one.timer } ?? true)
                    && (end.map { $0 == one.local || $0 == one.remote } ?? true)
            }
            let words = [
                "\(count) \(row.state)", row.kind?.rawValue, row.timer.map { "timer \($0)" },
                name.map { "of \($0)'s connection" },
            ]
            lab.expect(
                "\(host.name.rawValue) has \(words.compactMap(\.self).joined(separator: " "))",
                rows.count == count, seen: "\(rows.count)", witnesses: ["netlink"], file: file, line: line)
        case .endVanishes(let endpoint, let label, let timer, let began):
            let remote = try address(endpoint, lab)
            guard let row = try host.rows().first(where: { $0.remote == remote }) else {
                throw ScenarioStop.harness("\(host.name.rawValue) has nothing toward \(remote) that could vanish")
            }
            try lab.expectVanish(
                row, called: label, on: host, since: try moment(began).lowerBound, after: timer, file: file,
                line: line)
        case .endShows(let endpoint, let row, let timeout):
            try lab.require(
                endToward: try address(endpoint, lab), on: host, shows: row.expectation,
                within: timeout.map(lab.timeout(after:)), file: file,
                line: line)
        }
    }
}
