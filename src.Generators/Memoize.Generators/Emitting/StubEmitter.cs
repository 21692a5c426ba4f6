using Memoize.Generators.Model;
using Memoize.Generators.Parsing;

namespace Memoize.Generators.Emitting;

/// <summary>Writes the file of a partial method that cannot be cached.</summary>
/// <remarks>
/// It has no <c>[GeneratedCode]</c>: the attributes of both parts are those of the method, and analyzers, our own among them, pass
/// over methods that have it.
/// </remarks>
internal static class StubEmitter
{
    public static string Emit(StubModel stub)
    {
        var writer = new IndentedTextWriter();
        CachedMethodEmitter.WriteStart(writer, stub.Warnings);
        CachedMethodEmitter.WriteInTypes(writer, stub.Hierarchy, () =>
        {
            writer.WriteLine($"""
                // This method cannot be cached, and the build says why. It is implemented so that it can: the compiler runs no analyzers
                // while the implementing part of a method is missing.
                {stub.Signature}
                """);
            WrapperEmitter.WriteConstraints(writer, stub.Constraints);
            using (writer.WriteBlock())
                writer.WriteLine($"throw new global::System.InvalidOperationException({CodeText.Literal(stub.Reason)});");
        });
        return writer.ToString();
    }
}
