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
        let expected = [
            "07070100000000000041ED0000000000000000000000020000000000000000",
            "000000000000000000000000000000000000000400000000dev...",
            "07070100000001000021800000000000000000000000010000000000000000",
            "000000000000000000000005000000010000000C00000000dev/console...",
            "07070100000002000081ED0000000000000000000000010000000000000005",
            "000000000000000000000000000000000000000200000000a.hello...",
            "07070100000000000000000000000000000000000000010000000000000000",
            "000000000000000000000000000000000000000B00000000TRAILER!!!....",
        ]
        #expect(written == expected.joined())
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
