import Testing
import Worker

@Suite("Calls in words")
struct DescriptionTests {
    @Test("A request reads as a person would write it in C", arguments: Samples.requests.indices)
    func reads(_ index: Int) {
        let (request, words) = Samples.requests[index]
        let (call, arguments) = request.description
        #expect("\(call)(\(arguments))" == words)
    }

    @Test("A request that is about a descriptor names it", arguments: Samples.requests.indices)
    func descriptor(_ index: Int) {
        let request = Samples.requests[index].request
        switch request {
        case .socket, .setSignal, .raise, .pipe, .fork, .exit: #expect(request.descriptor == nil)
        default: #expect(request.descriptor == 3 || request.descriptor == 4)
        }
    }

    @Test func bytesAreQuotedAsInC() {
        #expect(quote([]) == #""""#)
        #expect(quote(Array("a b".utf8)) == #""a b""#)
        #expect(quote([0x5c, 0x7f, 0x80, 0x00]) == #""\x5c\x7f\x80\x00""#)
    }
}
