internal import Glibc
internal import Linux

/// A process that reads mutants until one of them ends it.
enum Child {
    /// Where it says which mutant comes next.
    static let progress: Int32 = 3
    static let timeout: UInt32 = 10
    /// Kilobytes.
    static let memory = 1 << 20

    static func run(_ numbers: Range<Int>, seed: UInt64) -> Never {
        let output = Descriptor(owning: progress)
        // An allocation without bound fails at once, instead of taking the machine along.
        var limit = rlimit(rlim_cur: 4 << 30, rlim_max: 4 << 30)
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        limit = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        for number in numbers {
            try? output.write(Array("\(number)\n".utf8))
            let (target, input) = Target.mutant(number, seed: seed)
            alarm(timeout)
            do {
                try target.read(input)
                try? output.write(Array("+\n".utf8))
            } catch {
                // Refused, as it may be.
            }
            alarm(0)
            var usage = rusage()
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            if usage.ru_maxrss > memory { exit(Child.tooLarge) }
        }
        exit(0)
    }

    static let tooLarge: Int32 = 9
}

/// Runs children until all mutants are read or the time is over.
struct Campaign {
    let seed: UInt64
    let mutants: Int
    let seconds: Double?
    /// Where mutants that are found are kept.
    let directory: String?

    /// Returns whether nothing was found.
    func run() throws -> Bool {
        let start = Instant.now
        let end = seconds.map { start + .seconds($0) }
        var next = 0
        var findings = 0
        var read = 0
        while next < mutants, end.map({ .now < $0 }) ?? true {
            let (last, count, isOver, status) = try follow(from: next, until: end)
            read += count
            if isOver {
                // The one under way when the time was over is neither good nor bad.
                next = last
                break
            }
            guard status != .exited(0) else {
                next = mutants
                break
            }
            next = last + 1
            findings += 1
            report(last, status)
        }
        let took = (Instant.now - start).seconds
        print(
            "\(next) mutants of seed \(seed) in \(Int(took)) s, \(read) of them read to the end: "
                + "\(findings) found")
        return findings == 0
    }

    private func follow(
        from first: Int, until end: Instant?
    ) throws -> (last: Int, read: Int, isOver: Bool, status: WaitStatus) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError("pipe") }
        let input = Descriptor(owning: ends[0])
        let child = try ChildProcess(
            "/proc/self/exe", ["--child", "\(first)", "--seed", "\(seed)", "--mutants", "\(mutants)"],
            // What ends a child is looked at with --only, which also says where.
            environment: ["SWIFT_BACKTRACE=enable=no"], descriptors: [ends[1]])
        close(ends[1])
        var (last, read, isOver) = (first, 0, false)
        var partial: [UInt8] = []
        while case let bytes = try input.read(capacity: 4096), !bytes.isEmpty {
            for byte in bytes {
                guard byte == UInt8(ascii: "\n") else {
                    partial.append(byte)
                    continue
                }
                if let number = Int(String(decoding: partial, as: UTF8.self)) { last = number } else { read += 1 }
                partial = []
            }
            if let end, .now >= end, !isOver {
                isOver = true
                try? child.signal(SIGKILL)
            }
        }
        return (last, read, isOver, try child.wait())
    }

    private func report(_ number: Int, _ status: WaitStatus) {
        let (target, input) = Target.mutant(number, seed: seed)
        let cause =
            switch status {
            case .killed(SIGALRM): "takes more than \(Child.timeout) s"
            case .killed(let signal): "\(signalSymbol(signal))"
            case .exited(Child.tooLarge): "takes more than \(Child.memory >> 10) MB"
            case .exited(let code): "exit \(code)"
            }
        print("mutant \(number) of seed \(seed), \(target.name): \(cause)")
        guard let directory else { return }
        mkdir(directory, 0o777)
        let path = "\(directory)/\(seed)-\(number)"
        if let file = try? Descriptor.open(path, [.O_WRONLY, .O_CREAT, .O_TRUNC]) { try? file.write(input) }
    }
}
