internal import Acts
internal import Linux
internal import Worker

// Calls that must be asleep in the kernel before the next step means anything.
extension Lab {
    /// Waits until a call that was asked for sleeps in the kernel; ends the scenario otherwise.
    ///
    /// /proc/PID/syscall shows the first argument of the call a process sleeps in: between two calls it is the number of
    /// the worker's channel, not that of the scenario's socket.
    package func requireBlocked(_ call: PendingCall, file: StaticString = #fileID, line: Int = #line) throws {
        guard let descriptor = call.request.descriptor else { return }
        let number = try call.process.procNumber()
        var shown = ""
        let blocked = try wait(until: .now + configuration.timeout) {
            shown = (try? Files.read("/proc/\(number)/syscall")) ?? "gone"
            let fields = shown.split(separator: " ")
            return call.isDone || (fields.count > 1 && fields[1] == "0x" + String(descriptor, radix: 16))
        }
        guard blocked || call.isDone else {
            throw ScenarioStop.harness("cannot see \(call.process.name) sleep in \(call.text): \(shown.trimmed)")
        }
        try expectBlocked(call, file: file, line: line)
        if call.isDone { throw ScenarioStop.failed }
    }
}

extension WorkerProcess {
    /// Its number in our /proc, whose pid namespace need not be ours.
    func procNumber() throws -> Int {
        let text = try Files.read("/proc/self/fdinfo/\(pidfd)")
        for line in text.split(separator: "\n") where line.hasPrefix("Pid:") {
            if let number = Int(String(line.dropFirst(4)).trimmed), number > 0 { return number }
        }
        throw ScenarioStop.harness("/proc does not know process \(name)")
    }
}
