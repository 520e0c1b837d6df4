import Glibc
import Linux
import Testing

@Suite struct DescriptorTests {
    @Test func itIsClosedWithItsOwner() throws {
        let file = try ScratchFile()
        do {
            let second = try Descriptor.open(file.path, .O_RDONLY)
            let (count, raw) = (file.count, second.raw)
            #expect(count == 2 && raw >= 0)
        }
        #expect(file.count == 1)
    }

    @Test func oneThatIsGivenAwayStaysOpen() throws {
        let file = try ScratchFile()
        let raw = try Descriptor.open(file.path, .O_RDONLY).release()
        #expect(file.count == 2)
        close(raw)
        #expect(file.count == 1)
    }

    @Test func programsDoNotInheritIt() throws {
        let file = try ScratchFile()
        #expect(fcntl(file.raw, F_GETFD) & FD_CLOEXEC != 0)
        let pair = try messagePair()
        for raw in [pair.ours, pair.theirs] {
            #expect(fcntl(raw, F_GETFD) & FD_CLOEXEC != 0)
            close(raw)
        }
    }

    @Test func errorsNameCallAndSubject() throws {
        let error = #expect(throws: SystemError.self) { try Files.read("/nowhere/file") }
        #expect(error?.description == "open /nowhere/file: ENOENT (No such file or directory)")
        let directory = #expect(throws: SystemError.self) { try Files.read("/proc") }
        #expect(directory?.description == "read: EISDIR (Is a directory)")
        let value = #expect(throws: SystemError.self) { try Files.write("x", to: "/dev/full") }
        #expect(value?.description == "write x to /dev/full: ENOSPC (No space left on device)")
    }

    /// A pipe takes 64 KiB at a time, so this is written and read in pieces.
    @Test func writesAreWhole() throws {
        var pair: [Int32] = [-1, -1]
        try #require(pipe(&pair) == 0)
        let reading = Descriptor(owning: pair[0])
        let writing = pair[1]
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try startThread { try? Descriptor(owning: writing).write(bytes) }
        var read: [UInt8] = []
        while case let more = try reading.read(capacity: 100_000), !more.isEmpty { read += more }
        #expect(read == bytes)
    }

    @Test func messagesKeepTheirBounds() throws {
        let pair = try messagePair()
        let ours = Descriptor(owning: pair.ours)
        let theirs = Descriptor(owning: pair.theirs)
        try ours.write([1, 2])
        try ours.write([3])
        let messages = [try theirs.read(capacity: 10), try theirs.read(capacity: 10)]
        #expect(messages == [[1, 2], [3]])
    }

    @Test func filesAreReadToTheirEnds() throws {
        let text = String(repeating: "0123456789", count: 5000)
        #expect(try ScratchFile(text).text == text)
        #expect(try ScratchFile().text == "")
        #expect(Files.exists("/proc/self") && !Files.exists("/nowhere"))
    }
}
