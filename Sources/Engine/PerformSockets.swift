internal import Acts
internal import Lab
internal import Linux
internal import SockDiag
internal import Worker

// What is done with sockets, and calls under way.
extension Performer {
    func perform(_ act: SocketAct, on socket: LabSocket, _ lab: Lab, _ at: SourceLocation) throws -> Int64 {
        switch act {
        case .call(let call, let outcome): return try make(call, outcome, on: socket, lab, at)
        case .begin(let call, let name): calls[name] = try socket.begin(try request(call, lab))
        case .accept(let name): sockets[name] = try socket.accept(name, file: at.file, line: at.line)
        case .duplicate(let name): sockets[name] = try socket.duplicate(name, file: at.file, line: at.line)
        case .share(let process, let name):
            sockets[name] = socket.shared(with: try self.process(process), as: name)
        case .fill(let count?):
            return Int64(try lab.fill(socket, atMost: count, file: at.file, line: at.line))
        case .fill(nil): return Int64(try lab.fill(socket, file: at.file, line: at.line))
        case .readToEnd(let count): try lab.expect(socket, readsToEnd: count, file: at.file, line: at.line)
        case .crash: try lab.erase(socket, file: at.file, line: at.line)
        case .destroy(.own): try lab.destroy(socket, file: at.file, line: at.line)
        case .destroy(.other): try lab.destroy(oppositeOf: socket, file: at.file, line: at.line)
        case .shows, .isGone, .passes, .goes, .hasError, .polls, .tcpInfo, .option, .mirrors,
            .timerLasts, .netstat:
            try expect(act, of: socket, lab, at)
        }
        return 0
    }

    private func expect(_ act: SocketAct, of socket: LabSocket, _ lab: Lab, _ at: SourceLocation) throws {
        let (file, line) = (at.file, at.line)
        switch act {
        case .shows(let row, .own, let timeout):
            try lab.require(
                socket, shows: row.expectation, within: timeout.map(lab.timeout(after:)), file: file, line: line)
        case .shows(let row, .other, let timeout):
            try lab.require(
                oppositeOf: socket, shows: row.expectation, within: timeout.map(lab.timeout(after:)), file: file,
                line: line)
        case .isGone(.own, let timeout):
            try lab.requireGone(socket, within: timeout.map(lab.timeout(after:)), file: file, line: line)
        case .isGone(.other, let timeout):
            try lab.requireGone(oppositeOf: socket, within: timeout.map(lab.timeout(after:)), file: file, line: line)
        case .passes(let path, .own): try lab.expect(socket, passesAll: path, file: file, line: line)
        case .passes(let path, .other): try lab.expect(oppositeOf: socket, passesAll: path, file: file, line: line)
        case .goes(let old, let new, let name):
            let instant = try lab.requireStep(of: socket, old, new, file: file, line: line)
            moments[name] = instant...instant
        case .hasError(let errno): try lab.expect(socket, soError: errno, file: file, line: line)
        case .polls(let events): try lab.expect(socket, polls: events, file: file, line: line)
        case .tcpInfo(let state): try lab.expect(socket, tcpInfo: state, file: file, line: line)
        case .option(let option, let value):
            try lab.expect(socket, option: option, is: value, file: file, line: line)
        case .mirrors(let other): try lab.expect(socket, mirrors: try self.socket(other), file: file, line: line)
        case .timerLasts(let bounds, let name):
            let began = try moment(name)
            try lab.expect(
                timerOf: socket, since: began.lowerBound, lasts: bounds.widened(by: began), file: file, line: line)
        case .netstat(let shown):
            let began = try shown.since.map(moment)
            try lab.expect(
                socket, netstat: shown.state, timer: shown.timer, since: began?.lowerBound,
                lasts: began.map { shown.lasts.widened(by: $0) } ?? shown.lasts, retransmits: shown.retransmits,
                probes: shown.probes, receiveQueue: shown.receiveQueue, file: file, line: line)
        default: break
        }
    }

    // MARK: Calls

    /// Makes a call and judges how it ends; gives what it returned.
    private func make(
        _ call: Call, _ outcome: Outcome, on socket: LabSocket, _ lab: Lab, _ at: SourceLocation
    ) throws -> Int64 {
        if case .succeeds = outcome {
            try insist(call, on: socket, lab, at)
            return 0
        }
        let answer = try socket.ask(try request(call, lab))
        try judge(answer, outcome, lab, at)
        if case .recvLeaving(let errno, _, _) = call {
            let after = answer.integer.map { Errno(rawValue: $0).symbol } ?? "unknown"
            lab.expect(
                "errno stays \(errno.symbol)", after == errno.symbol, seen: after, witnesses: ["errno"],
                file: at.file, line: at.line)
        }
        return answer.result
    }

    /// Makes a call that what follows rests on.
    private func insist(_ call: Call, on socket: LabSocket, _ lab: Lab, _ at: SourceLocation) throws {
        let (file, line) = (at.file, at.line)
        switch call {
        case .bind(let endpoint): try socket.bind(try address(endpoint, lab), file: file, line: line)
        case .connect(let endpoint): try socket.connect(try address(endpoint, lab), file: file, line: line)
        case .listen(let backlog): try socket.listen(backlog: backlog, file: file, line: line)
        case .send(let text, let flags): try socket.send(text, flags, file: file, line: line)
        case .shutdown(let how): try socket.shutdown(how, file: file, line: line)
        case .close: try socket.close(file: file, line: line)
        case .setOption(let option, let value): try socket.set(option, value, file: file, line: line)
        case .setLinger(let seconds): try socket.setLinger(seconds: seconds, file: file, line: line)
        case .setNonblocking(let on): try socket.setNonblocking(on, file: file, line: line)
        default: try lab.require(try socket.ask(try request(call, lab)), returns: 0, file: file, line: line)
        }
    }

    func judge(_ answer: Answer, _ outcome: Outcome, _ lab: Lab, _ at: SourceLocation) throws {
        let (file, line) = (at.file, at.line)
        switch outcome {
        case .any: break
        case .succeeds: try lab.require(answer, returns: 0, file: file, line: line)
        case .returns(let value, let time):
            lab.expect(answer, returns: value, file: file, line: line)
            if let time { lab.expect(answer, takes: time, file: file, line: line) }
        case .reads(let text): lab.expect(answer, reads: text, file: file, line: line)
        case .fails(let errno, let signals):
            lab.expect(answer, fails: errno, signals: signals.map(\.number), file: file, line: line)
        case .killedBy(let signal): lab.expect(answer, killedBy: signal.number, file: file, line: line)
        case .exits(let code): lab.expect(answer, exits: code, file: file, line: line)
        case .names(let endpoint):
            lab.expect(answer, names: try address(endpoint, lab), file: file, line: line)
        }
    }

    /// The call as the worker is asked for it.
    private func request(_ call: Call, _ lab: Lab) throws -> SocketCall {
        switch call {
        case .bind(let endpoint): .bind(try address(endpoint, lab))
        case .connect(let endpoint): .connect(try address(endpoint, lab))
        case .disconnect: .disconnect
        case .listen(let backlog): .listen(backlog: backlog)
        case .accept: .accept
        case .send(let text, let flags): .send(text, flags)
        case .sendFill(let count, let flags): .sendFill(UInt8(ascii: "a"), count: count, flags)
        case .recv(let count, let flags): .recv(count, flags)
        case .recvLeaving(let errno, let count, let flags): .recvAfter(errno, count, flags)
        case .write(let text): .write(text)
        case .read(let count): .read(count)
        case .shutdown(let how): .shutdown(how)
        case .close: .close
        case .dup: .dup
        case .poll: .poll
        case .getsockname: .getsockname
        case .getpeername: .getpeername
        case .outputQueue: .outputQueue
        case .getError: .soError
        case .tcpInfo: .tcpInfo
        case .getOption(let option): .getOption(option)
        case .setOption(let option, let value): .setOption(option, withUnsafeBytes(of: value) { Array($0) })
        case .setLinger(let seconds):
            .setOption(.SO_LINGER, [Int32(1), seconds].withUnsafeBytes { Array($0) })
        case .setNonblocking(let on): .setNonblocking(on)
        }
    }

    func perform(_ act: CallAct, on call: PendingCall, _ lab: Lab, _ at: SourceLocation) throws {
        let (file, line) = (at.file, at.line)
        switch act {
        case .ends(let outcome, let timer):
            try judge(try call.answer(after: timer, file: file, line: line), outcome, lab, at)
        case .accepts(let name, let timer):
            guard let listener = call.socket else { throw ScenarioStop.harness("\(call.text) is on no socket") }
            sockets[name] = try listener.accepted(
                try call.answer(after: timer, file: file, line: line), as: name)
        case .isAsleep: try lab.requireBlocked(call, file: file, line: line)
        case .isBlocked: try lab.expectBlocked(call, file: file, line: line)
        }
    }
}

extension ClosedRange<Duration> {
    /// The bounds of what began within some time, counted from the earliest instant.
    fileprivate func widened(by began: ClosedRange<Instant>) -> ClosedRange<Duration> {
        lowerBound...(upperBound + (began.upperBound - began.lowerBound))
    }
}
