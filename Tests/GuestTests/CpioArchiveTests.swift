import Guest
import Testing

/// The archive, byte by byte.
@Suite struct CpioArchiveTests {
    /// What `cpio -o -H newc --reproducible` of GNU cpio 2.13 writes for these files, but for the padding of its tapes.
    @Test func sameAsCpio() {
        var archive = CpioArchive()
        archive.addDevice("/dev/console", major: 5, minor: 1)
        archive.add("/a", Array("hello".utf8), executable: true)
        let written = String(decoding: archive.archive, as: UTF8.self).replacing("\0", with: ".")
        let zeros = String(repeating: "0", count: 16)
        #expect(
            written == """
                07070100000000000041ED\(zeros)00000002\(zeros)\(zeros)0000000000000000000000040000\
                0000dev...\
                070701000000010000\
                2180\(zeros)00000001\(zeros)\(zeros)00000005000000010000000C00000000dev/console...\
                07070100000002000081ED\(zeros)00000001000000000000000500000000\(zeros)000000000000\
                00000000000200000000a.hello...\
                0707010000000000000000\(zeros)00000001\(zeros)\(zeros)00000000000000000000000B00000000TRAILER!!!....
                """)
    }

    @Test func directoriesComeOnce() {
        var archive = CpioArchive()
        archive.add("/lib/one", [])
        archive.addDirectory("/lib")
        archive.add("/lib/two", [])
        let text = String(decoding: archive.archive, as: UTF8.self)
        #expect(text.split(separator: "lib\0").count == 2)
    }
}
