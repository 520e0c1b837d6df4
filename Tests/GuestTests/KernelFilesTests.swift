import Foundation
import Testing

@testable import Guest

/// Kernels out of package files, whole and broken.
@Suite(.enabled(if: hasTools("dpkg-deb", "sha256sum"), "needs dpkg-deb")) struct KernelFilesTests {
    private static let release = "9.9.1-mine"
    private let tree: Tree

    init() throws { tree = try Tree(["empty": []]) }

    private var finder: KernelFinder { KernelFinder(store: KernelStore(root: "\(tree.path)/store"), series: []) }

    private func package(_ name: String, architecture: String = "amd64", _ files: [String: [UInt8]]) throws -> String {
        try MadeArchive.package(in: tree.path, name, "1", architecture: architecture, files)
    }

    @Test func oneOrSeveral() throws {
        let whole = try package("whole", MadeArchive.kernel(Self.release))
        let image = try package("image", MadeArchive.image(Self.release))
        let modules = try package("modules", MadeArchive.modules(Self.release))
        for argument in [whole, "\(image),\(modules)", "\(modules),\(image)"] {
            let kernel = try #require(finder.kernels(argument).first)
            #expect(kernel.label == Self.release)
            #expect(try kernel.moduleNames() == ["veth", "inet_diag", "tcp_diag"])
            // By content: the same files are unpacked once, wherever they are.
            #expect(try finder.kernels(argument) == [kernel])
        }
        let elsewhere = "\(tree.path)/elsewhere.deb"
        try FileManager.default.moveItem(atPath: whole, toPath: elsewhere)
        let before = try FileManager.default.contentsOfDirectory(atPath: "\(tree.path)/store/files").count
        _ = try finder.kernels(elsewhere)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(tree.path)/store/files").count == before)
    }

    /// A kernel that has all that is needed built in comes without modules.
    @Test func builtIn() throws {
        let list = ["veth", "inet_diag", "tcp_diag"].map { "kernel/net/\($0).ko\n" }.joined()
        let files = MadeArchive.image(Self.release).merging(
            ["lib/modules/\(Self.release)/modules.builtin": Array(list.utf8)]) { $1 }
        let kernel = try #require(finder.kernels(package("builtin", files)).first)
        #expect(try kernel.moduleNames() == [])
    }

    private func expect(_ argument: String, _ message: String) {
        #expect(throws: GuestError(message)) {
            for kernel in try finder.kernels(argument) { _ = try kernel.moduleNames() }
        }
    }

    @Test func broken() throws {
        let release = Self.release
        let good = try readFile(package("good", MadeArchive.kernel(release)))
        let cut = "\(tree.path)/cut.deb"
        try Data(good.prefix(good.count / 2)).write(to: URL(filePath: cut))
        expect(cut, "\(cut): not a whole Debian package")
        let stub = "\(tree.path)/stub.deb"
        try Data(good.prefix(9)).write(to: URL(filePath: stub))
        expect(stub, "\(stub): not a whole Debian package")
        let text = "\(tree.path)/text.deb"
        try Data("hello".utf8).write(to: URL(filePath: text))
        expect(text, "\(text): neither a Debian package nor an RPM package")
        expect("\(tree.path)/none.deb", "no file \(tree.path)/none.deb")
        let arm = try package("arm", architecture: "arm64", MadeArchive.kernel(release))
        expect(arm, "\(arm): a package for arm64, not amd64")
        let editor = try package("editor", ["usr/bin/ed": [1, 2, 3]])
        expect(editor, "\(editor): no kernel image: neither boot/vmlinuz-* nor lib/modules/*/vmlinuz")
        let noise = try package("noise", ["boot/vmlinuz-1": Array("noise".utf8)])
        #expect { try finder.kernels(noise) } throws: { error in
            "\(error)".hasPrefix("\(noise): ") && "\(error)".hasSuffix("not a Linux kernel image")
        }
        let image = try package("image", MadeArchive.image(release))
        let hint = "give the package with its modules too, with a comma between the two"
        expect(image, "\(image): no modules of \(release); \(hint)")
        let few = MadeArchive.kernel(release).filter { !$0.key.hasSuffix("/veth.ko") }
        let poor = try package("poor", few)
        expect(poor, "\(poor): no module veth of \(release); \(hint)")
        let others = try package("others", MadeArchive.modules("9.9.2-mine"))
        expect("\(image),\(others)", "\(image),\(others): modules of 9.9.2-mine, but a kernel \(release)")
        let two = try package("two", MadeArchive.image("9.9.3-mine"))
        expect("\(image),\(two)", "\(image),\(two): several kernels: 9.9.1-mine, 9.9.3-mine")
        // Nothing broken was kept.
        let kept = try FileManager.default.contentsOfDirectory(atPath: "\(tree.path)/store/files")
        #expect(kept == [".lock"])
    }

    /// Modules that lie in the right place and were built for another kernel.
    @Test func foreignModules() throws {
        let foreign = MadeArchive.image(Self.release).merging(
            MadeArchive.modules(Self.release, of: "9.9.1-theirs")
        ) { $1 }
        let kernel = try #require(finder.kernels(package("foreign", foreign)).first)
        let path = "\(kernel.modules ?? "")/kernel/net/veth.ko"
        #expect(throws: GuestError("modules of 9.9.1-theirs, but a kernel 9.9.1-mine: \(path)")) {
            try kernel.moduleNames()
        }
    }

    /// A link out of the package is not followed.
    @Test func links() throws {
        let files = MadeArchive.modules(Self.release)
        let directory = "\(tree.path)/links_1.tree/boot"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let outside = "\(tree.path)/outside"
        try Data(KernelImageTests.bzImage([1, 2, 3, 4])).write(to: URL(filePath: outside))
        try FileManager.default.createSymbolicLink(
            atPath: "\(directory)/vmlinuz-\(Self.release)", withDestinationPath: outside)
        let path = try package("links", files)
        expect(path, "\(path): no kernel image: neither boot/vmlinuz-* nor lib/modules/*/vmlinuz")
    }

    @Test(arguments: [
        ("https://example/a.deb", "https://example/a.deb: say what it must be, with #sha256=SUM behind the address"),
        ("https://example/a.deb#sha256=12", "https://example/a.deb#sha256=12: a sha256 has 64 hexadecimal digits"),
        (
            "http://example/a.deb#sha256=\(String(repeating: "a", count: 64))",
            "http://example/a.deb: only https is fetched"
        ),
    ])
    func addresses(_ argument: String, _ message: String) { expect(argument, message) }

    /// What was unpacked is checked each time, and unpacked again where it is not what it was.
    @Test func damagedTree() throws {
        let path = try package("good", MadeArchive.kernel(Self.release))
        let kernel = try #require(finder.kernels(path).first)
        try Data("other".utf8).write(to: URL(filePath: kernel.image))
        #expect(throws: GuestError("\(kernel.image) is not what was unpacked; fetch the kernel again")) {
            try kernel.bootable()
        }
        _ = try #require(finder.kernels(path).first).bootable()
    }

    @Test func lengths() {
        let head = "HTTP/1.1 302 Found\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length:  1234\r\n\r\n"
        #expect(Download.length(inHead: head) == 1234)
        #expect(Download.length(inHead: "") == 0)
    }

    /// A server on this machine, with a certificate that only this test knows.
    @Test(.enabled(if: hasTools("curl", "openssl", "python3"), "needs curl, openssl and python3"))
    func https() throws {
        let path = try package("good", MadeArchive.kernel(Self.release))
        let server = try FileServer(directory: tree.path)
        defer { server.stop() }
        let finder = KernelFinder(
            store: KernelStore(root: "\(tree.path)/store"), series: [], trusting: server.certificate)
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        let address = "https://localhost:\(server.port)/\(name)"
        let sum = try Tool.output(of: ["sha256sum", path]).text.prefix(64)
        let wrong = String(repeating: "0", count: 64)
        #expect(throws: GuestError("\(address): its sha256 is \(sum), not \(wrong)")) {
            try finder.kernels("\(address)#sha256=\(wrong)")
        }
        #expect { try finder.kernels("https://localhost:\(server.port)/none.deb#sha256=\(wrong)") } throws: {
            "\($0)".hasPrefix("cannot fetch https://localhost:\(server.port)/none.deb: ") && "\($0)".contains("404")
        }
        let kernel = try #require(finder.kernels("\(address)#sha256=\(sum)").first)
        #expect(kernel.label == Self.release)
        // The download is kept, and looked at before it is used again.
        server.stop()
        #expect(try finder.kernels("\(address)#sha256=\(sum)") == [kernel])
        let kept = "\(tree.path)/store/files/downloads/\(sum)-\(name)"
        try Data("other".utf8).write(to: URL(filePath: kept))
        #expect { try finder.kernels("\(address)#sha256=\(sum)") } throws: {
            "\($0)".hasPrefix("cannot fetch \(address)")
        }
    }
}

/// Files over https on this machine.
private final class FileServer {
    let port: Int
    let certificate: String
    private let process = Process()

    init(directory: String) throws {
        certificate = "\(directory)/certificate.pem"
        let key = "\(directory)/key.pem"
        _ = try Tool.output(of: [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days",
            "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
        ])
        let script = """
            import http.server, ssl, sys
            class Quiet(http.server.SimpleHTTPRequestHandler):
                def log_message(self, *arguments): pass
            server = http.server.ThreadingHTTPServer(("localhost", 0), Quiet)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[1], sys.argv[2])
            server.socket = context.wrap_socket(server.socket, server_side=True)
            print(server.server_address[1], flush=True)
            server.serve_forever()
            """
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script, certificate, key]
        process.currentDirectoryURL = URL(filePath: directory)
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        port = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }

    func stop() { kill(process.processIdentifier, SIGKILL) }
}
