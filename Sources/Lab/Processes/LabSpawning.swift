internal import Acts
internal import Health
internal import Linux
internal import Tracing
internal import Worker

extension Lab {
    func spawn(_ label: String, on host: Host) throws -> WorkerProcess {
        let pair = try messagePair()
        let channel = Descriptor(owning: pair.ours)
        let theirs = Descriptor(owning: pair.theirs)
        let child = try ChildProcess(
            configuration.worker, [], descriptors: [theirs.raw], namespace: host.namespace)
        let process = WorkerProcess(label, host: host, child: child, channel: channel)
        processes.append(process)
        try introduce(process)
        return process
    }

    func fork(_ parent: WorkerProcess, label: String) throws -> WorkerProcess {
        let pair = try messagePair()
        let channel = Descriptor(owning: pair.ours)
        let theirs = Descriptor(owning: pair.theirs)
        let pending = try parent.begin(.fork, socket: nil, isOwn: false, passing: theirs.raw)
        theirs.close()
        let answer = try pending.answer()
        guard answer.result > 0 else { throw ScenarioStop.harness("fork on \(parent.name): \(answer.words)") }
        let process = WorkerProcess(
            label, host: parent.host, child: try ChildProcess(adopting: Int32(answer.result)), channel: channel)
        processes.append(process)
        try introduce(process)
        return process
    }

    /// Lets a process make itself known to the tracepoint: it listens for a moment on a port nobody else uses.
    ///
    /// Tracepoints number processes as the first pid namespace does, which a process in another, such as in a
    /// container, has no way to look up.
    private func introduce(_ process: WorkerProcess) throws {
        guard let trace = configuration.trace else { return }
        func call(_ request: Request) throws -> Answer {
            let answer = try process.begin(request, socket: nil, isOwn: true).answer()
            guard answer.result >= 0 else { throw ScenarioStop.harness("\(process.name) \(answer.words)") }
            return answer
        }
        let fd = Int32(
            try call(.socket(family: IPAddress.anyV4.family, type: SocketSymbol.SOCK_STREAM, protocol: 0)).result)
        _ = try call(.bind(fd, SocketAddress(process.host.ip4, PathLedger.introductionPort)))
        let interval = try call(.listen(fd, backlog: 1)).call.interval
        _ = try call(.close(fd))
        func event() -> (time: Instant, pid: Int32)? { paths.introductions.first { interval.contains($0.time) } }
        guard try wait(until: .now + configuration.timeout, { event() != nil }), let event = event() else {
            throw ScenarioStop.late("the tracepoint does not see process \(process.name)")
        }
        process.tracePid = event.pid
        configuration.health?.add(process: event.pid, of: timeline.attempt)
        trace.register(process: event.pid, laboratory: number.value)
    }

    func send(_ message: [UInt8], to process: WorkerProcess, passing descriptor: Int32) throws {
        do throws(SystemError) {
            try sendMessage(message, on: process.channel.raw, passing: descriptor)
        } catch {
            // A process that has just ended takes nothing; how it ended says more.
            guard error.errno == .EPIPE || error.errno == .ECONNRESET,
                try wait(until: .now + configuration.timeout, { process.status != nil })
            else { throw SystemError("send a request to \(process.name)", error.errno) }
            throw ScenarioStop.harness("process \(process.name) has ended: \(process.status!.words)")
        }
    }

    func awaitAnswer(_ call: PendingCall, after timer: Duration, location: String) throws {
        if timer > .zero { try endStanding() }
        guard try wait(until: .now + timer + configuration.timeout, { call.isDone }) else {
            call.giveUp(timeline)
            if call.isOwn {
                try interrogate()
                throw ScenarioStop.late(
                    "\(call.text), which the harness asks \(call.process.name) for at \(location), took longer than "
                        + "\((timer + configuration.timeout).seconds) s")
            }
            try requirementFailed(
                expected: "\(call.text) on \(call.socket?.label ?? call.process.name) returns",
                seen: "still blocked after \((timer + configuration.timeout).seconds) s", witnesses: ["call"],
                location: location)
        }
    }
}
