internal import CLinux
internal import Glibc

/// What only the first process of a machine does.
package enum FirstProcess {
    /// Loads a module, if it is not there. Throws the error of open(2) or finit_module(2).
    package static func loadModule(_ path: String) throws(SystemError) {
        let file = try Descriptor.open(path, .O_RDONLY)
        let result = clx_finit_module(file.raw)
        guard result >= 0 || result == -EEXIST else { throw SystemError("load \(path)", Errno(rawValue: -result)) }
    }

    /// Restarts the machine, without syncing anything.
    package static func restart() -> Never {
        let refusal = clx_reboot()
        fatalError("reboot: \(Errno(rawValue: -refusal))")
    }
}

/// A serial line, termios(3).
package enum SerialLine {
    /// Opens a line that carries bytes as they are. Throws the error of open(2) or tcsetattr(3).
    package static func open(_ path: String) throws(SystemError) -> Descriptor {
        let line = try Descriptor.open(path, [.O_RDWR, .O_NOCTTY])
        try check(clx_tty_raw(line.raw), "make \(path) raw")
        return line
    }

    /// Waits until a line has sent everything. Throws the tcdrain(3) error.
    package static func drain(_ line: Int32) throws(SystemError) {
        try check(clx_tty_drain(line), "drain a serial line")
    }
}

/// A program that the first process runs on a terminal of its own.
package struct TerminalProgram {
    /// The terminal's device.
    package var terminal: String
    /// How many rows and columns it has; 0 where that is not known.
    package var rows: UInt16 = 0
    package var columns: UInt16 = 0
    /// Whether what is printed comes out byte by byte as it is.
    package var carriesBytes = false
    /// A file for its input, which is otherwise the terminal.
    package var input: String?
    package var words: [String]
    package var environment: [String]
    package var directory: String

    package init(terminal: String, words: [String], environment: [String], directory: String) {
        self.terminal = terminal
        self.words = words
        self.environment = environment
        self.directory = directory
    }

    /// Runs it as the leader of a session, and waits for it and for whatever it has left before. Returns its exit status,
    /// or 128 and the signal that has killed it. Throws the fork(2) error.
    package func run() throws(SystemError) -> Int32 {
        var argv = words.map { strdup($0) } + [nil]
        var envp = environment.map { strdup($0) } + [nil]
        defer { for string in argv + envp { free(string) } }
        chdir(directory)
        let status = terminal.withCString { path in
            var place = clx_terminal(
                path: path, rows: rows, columns: columns, carries_bytes: carriesBytes ? 1 : 0)
            guard let input else { return clx_run_on_terminal(&place, nil, &argv, &envp) }
            return clx_run_on_terminal(&place, input, &argv, &envp)
        }
        return try check(status, "start \(words.first ?? "")")
    }
}

/// Memory that another machine reads: a head that begins with a count of bytes, and then as many bytes.
package struct PublishedMemory: Sendable {
    private let base: UInt
    /// In bytes, with the count.
    package let size: Int

    /// Maps a file whole, for as long as the process lives. Throws the error of open(2), fstat(2) or mmap(2).
    package init(mapping path: String) throws(SystemError) {
        let file = try Descriptor.open(path, .O_RDWR)
        size = try file.status().size
        let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.raw, 0)
        guard let memory, memory != MAP_FAILED else { throw SystemError("mmap \(path)") }
        base = UInt(bitPattern: memory)
    }

    /// Puts bytes after the first `count` behind a head of so many bytes, and only then counts them too.
    package func publish(_ bytes: [UInt8], after count: Int, head: Int) {
        clx_publish(UnsafeMutableRawPointer(bitPattern: base), head, UInt64(count), bytes, bytes.count)
    }

    /// The number at a place of it.
    package func word(at place: Int) -> UInt64 {
        UnsafeRawPointer(bitPattern: base)?.load(fromByteOffset: place, as: UInt64.self) ?? 0
    }

    /// Writes a number that the other machine reads, after everything written before it.
    package func store(_ word: UInt64, at place: Int) {
        clx_store(UnsafeMutableRawPointer(bitPattern: base)?.advanced(by: place), word)
    }

    /// Writes its first byte, which a device takes for an order.
    package func store(byte: UInt8) { UnsafeMutablePointer<UInt8>(bitPattern: base)?.pointee = byte }
}
