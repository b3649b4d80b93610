using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Xml.Linq;

// An MSBuild task: see PublicDocumentation.targets. It takes from a documentation file what is not for the users of the assembly.
public sealed class KeepPublicDocumentation : Microsoft.Build.Utilities.Task
{
    private const BindingFlags DeclaredMembers =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public string AssemblyPath { get; set; }

    // What it was compiled against, in which the types of its members are looked up.
    public string[] References { get; set; }

    public string DocumentationPath { get; set; }

    public override bool Execute()
    {
        HashSet<string> visible;
        using (IDisposable context = NewLoadContext())
        {
            // From its bytes, so that the file stays free to be written by the next build in this process.
            var assembly = (Assembly)context.GetType().GetMethod("LoadFromByteArray")
                .Invoke(context, new object[] { File.ReadAllBytes(AssemblyPath) });
            visible = new HashSet<string>(assembly.GetTypes().Where(IsVisible).SelectMany(Names));
        }

        XDocument documentation = XDocument.Load(DocumentationPath, LoadOptions.PreserveWhitespace);
        XElement[] hidden = documentation.Descendants("member")
            .Where(member => !visible.Contains((string)member.Attribute("name"))).ToArray();
        // What one file of a partial type holds, which is said to the readers of that file.
        XElement[] contents = documentation.Descendants("content").ToArray();
        foreach (XElement element in hidden.Concat(contents))
        {
            // With the line end before it.
            if (element.PreviousNode is XText space)
                space.Remove();
            element.Remove();
        }

        documentation.Save(DocumentationPath, SaveOptions.DisableFormatting);
        Log.LogMessage("{0}: {1} members that are not public were taken out.", DocumentationPath, hidden.Length);
        return true;
    }

    // Reads assemblies without running them. MSBuild has it beside itself; it is not among what such a task is compiled against.
    private IDisposable NewLoadContext()
    {
        Assembly tool = Assembly.Load("System.Reflection.MetadataLoadContext");
        Type context = tool.GetType("System.Reflection.MetadataLoadContext");
        object resolver = Activator.CreateInstance(tool.GetType("System.Reflection.PathAssemblyResolver"), new object[] { References });
        return (IDisposable)Activator.CreateInstance(context, new object[] { resolver, null });
    }

    private static bool IsVisible(Type type) => type.DeclaringType == null
        ? type.IsPublic
        : (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsVisible(type.DeclaringType);

    private static bool IsVisible(MethodBase method) => method != null && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly);

    // The names of a type and of its visible members, as the compiler writes them: "Documentation comments" in the C# standard, annex D.
    private static IEnumerable<string> Names(Type type)
    {
        string prefix = DefinitionName(type);
        yield return "T:" + prefix;
        foreach (FieldInfo field in type.GetFields(DeclaredMembers).Where(it => it.IsPublic || it.IsFamily || it.IsFamilyOrAssembly))
            yield return "F:" + prefix + "." + field.Name;
        foreach (EventInfo one in type.GetEvents(DeclaredMembers).Where(it => IsVisible(it.AddMethod) || IsVisible(it.RemoveMethod)))
            yield return "E:" + prefix + "." + one.Name;
        foreach (PropertyInfo property in type.GetProperties(DeclaredMembers)
            .Where(it => IsVisible(it.GetMethod) || IsVisible(it.SetMethod)))
            yield return "P:" + prefix + "." + property.Name + ParameterNames(property.GetIndexParameters());
        foreach (ConstructorInfo constructor in type.GetConstructors(DeclaredMembers).Where(IsVisible))
            yield return "M:" + prefix + "." + constructor.Name.Replace('.', '#') + ParameterNames(constructor.GetParameters());
        foreach (MethodInfo method in type.GetMethods(DeclaredMembers).Where(IsVisible))
        {
            string arity = method.IsGenericMethodDefinition ? "``" + method.GetGenericArguments().Length : "";
            string result = method.Name == "op_Implicit" || method.Name == "op_Explicit" ? "~" + ReferenceName(method.ReturnType) : "";
            yield return "M:" + prefix + "." + method.Name + arity + ParameterNames(method.GetParameters()) + result;
        }
    }

    private static string ParameterNames(ParameterInfo[] parameters) =>
        parameters.Length == 0 ? "" : "(" + string.Join(",", parameters.Select(parameter => ReferenceName(parameter.ParameterType))) + ")";

    private static string DefinitionName(Type type) => type.FullName.Replace('+', '.');

    private static string ReferenceName(Type type)
    {
        if (type.IsGenericParameter)
            return (type.DeclaringMethod == null ? "`" : "``") + type.GenericParameterPosition;
        if (type.IsByRef)
            return ReferenceName(type.GetElementType()) + "@";
        if (type.IsPointer)
            return ReferenceName(type.GetElementType()) + "*";
        if (type.IsArray)
        {
            string bounds = type.GetArrayRank() == 1 ? "" : string.Join(",", Enumerable.Repeat("0:", type.GetArrayRank()));
            return ReferenceName(type.GetElementType()) + "[" + bounds + "]";
        }

        return type.IsGenericType ? ConstructedName(type, type.GetGenericArguments()) : DefinitionName(type);
    }

    // A nested type has the arguments of the types around it before its own; in the name, each type's follow its own name.
    private static string ConstructedName(Type type, Type[] arguments)
    {
        int outer = type.DeclaringType == null ? 0 : type.DeclaringType.GetGenericArguments().Length;
        int count = type.GetGenericArguments().Length;
        string before = type.DeclaringType == null ? type.Namespace : ConstructedName(type.DeclaringType, arguments);
        string name = (string.IsNullOrEmpty(before) ? "" : before + ".") + type.Name.Split('`')[0];
        return count == outer ? name : name + "{" + string.Join(",", arguments.Skip(outer).Take(count - outer).Select(ReferenceName)) + "}";
    }
}
