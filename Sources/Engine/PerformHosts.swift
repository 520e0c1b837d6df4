internal import Lab
internal import Linux
internal import Netlink
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
        case .socket(let socket, let label): sockets[socket] = try process.socket(label)
        case .listen(let socket, let label, let port, let backlog, let receiveBuffer):
            sockets[socket] = try process.listen(
                label, port: port, backlog: backlog, receiveBuffer: receiveBuffer)
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
        case .hasRows(let count, let state, let kind):
            let rows = try host.rows().filter { row in
                row.shownState == state && (kind.map { $0.kind == row.kind } ?? true)
            }
            lab.expect(
                "\(host.name.rawValue) has \(count) \(state)\(kind.map { " \($0.rawValue)" } ?? "")",
                rows.count == count, seen: "\(rows.count)", witnesses: ["netlink"], file: file, line: line)
        case .endShows(let endpoint, let row, let patience):
            try lab.require(
                endToward: try address(endpoint, lab), on: host, shows: row.expectation,
                within: patience.map(lab.patience(after:)), file: file,
                line: line)
        }
    }
}
